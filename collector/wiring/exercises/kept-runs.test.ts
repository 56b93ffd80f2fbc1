// Runs outlive the collector: what was scored as it was, what was under way as interrupted.

import { afterAll, expect, it } from 'vitest'
import type { ExerciseRun } from '../../../schemas/exercises/run.ts'
import { temporaryLog } from '../../../test/support/temporary-log.ts'
import { forgetRuns, keepRun, loadRuns } from './kept-runs.ts'

const temporary = temporaryLog()
afterAll(() => temporary.remove())

const runOf = (name: string, state: ExerciseRun['state'], second: number): ExerciseRun => ({
  run: name,
  realm: `exercise:${name}`,
  story: 'refund-3-in-6s',
  by: 'anna',
  twin: false,
  speed: 1,
  state,
  note: '',
  problem: '',
  warnings: [],
  startedAt: `2026-11-29T12:00:0${second}.000Z`,
  storyAt: '2026-11-29T12:00:00.000Z',
  appended: 3,
  lines: 7,
  alerts: 0,
  score: null,
})

it('are loaded from the log with what became of them, and forgotten where that was said', async () => {
  const log = await temporary.open()
  const scored = runOf('a-1', 'scored', 1)
  await keepRun(log, runOf('b-2', 'running', 3))
  await keepRun(log, runOf('a-1', 'running', 1))
  await keepRun(log, scored)
  await keepRun(log, runOf('c-3', 'running', 2))
  await keepRun(log, runOf('d-4', 'scored', 4))
  await forgetRuns(log, ['d-4'])
  await log.append('control', [{ key: 'exercise/of-another-form', value: Buffer.from('{}') }])
  await log.close()
  const again = await temporary.open()
  const [first, ...others] = loadRuns(again)
  expect(first).toEqual(scored)
  expect(others.map(({ run, state, problem }) => [run, state, problem !== ''])).toEqual([
    ['c-3', 'interrupted', true],
    ['b-2', 'interrupted', true],
  ])
  await again.close()
})
