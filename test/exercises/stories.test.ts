// Every exercise that ships: each step is scored as it must be, and nothing false is told of its benign twin.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findStory, storyIds } from '../../collector/wiring/exercises/find-stories.ts'
import { quietLogger } from '../../collector/wiring/exercises/quiet-logger.ts'
import { openTemporaryStore, type TemporaryStore } from '../../collector/wiring/replay/temporary-store.ts'
import { defaultSettings } from '../../collector/wiring/settings/load-settings.ts'
import { root } from '../architecture/source-files.ts'
import { blindProblems, runAsRecorded, runBlind } from './prove-exercise.ts'

vi.setConfig({ testTimeout: 120_000 })

let store: TemporaryStore
beforeAll(async () => {
  const settings = defaultSettings()
  store = await openTemporaryStore(settings.store, quietLogger(settings))
})
afterAll(() => store.close())

describe('the catalogue', () => {
  it('names every folder of the room', () => {
    const folders = readdirSync(join(root, 'exercises'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect([...storyIds()].sort()).toEqual(folders.map(({ name }) => name).sort())
  })
})

describe('the page of robustness', () => {
  it('has a row of each, and was written by "npm run exercises"', () => {
    const page = readFileSync(join(root, 'exercises/ROBUSTNESS.md'), 'utf8')
    const rows = [...page.matchAll(/^\| ([a-z0-9-]+) \|/gm)].map(([, id]) => id)
    expect(rows.filter((id) => id !== '---')).toEqual([...storyIds()])
  })
})

describe('the exercise', () => {
  it.each(storyIds().map((id) => [id]))('%s is seen, and its twin is silent', async (id) => {
    const { score, refused } = await runAsRecorded(findStory(id), store, { twin: true })
    const { steps, twin } = score
    expect(refused).toEqual([])
    expect(steps.map(({ name, outcome, why }) => ({ name, outcome, why }))).toEqual(
      findStory(id).story.steps.map(({ name, outcome }) => ({ name, outcome, why: expect.any(String) })),
    )
    expect(twin).toMatchObject({ falseAlerts: [], missing: [], problems: [] })
    expect(score.holds).toBe(true)
  })
})

describe('on default formats', () => {
  // One of each family; `npm run exercises` runs all.
  it.each(['refund-3-in-6s', 'new-caller-2xx', 'rt-fork'])('%s is missed, with what to add', async (id) => {
    const loaded = findStory(id)
    expect(blindProblems(loaded, await runBlind(loaded, store))).toEqual([])
  })
})
