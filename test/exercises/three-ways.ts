// The same story, moved to the same time, by `exercise run`, by `replay` and posted to a running collector.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shiftStory } from '../../collector/exercises/shift.ts'
import type { LoadedStory, SourceLines } from '../../collector/exercises/story-folder.ts'
import { canonicalAlertJson } from '../../collector/wiring/canonical.ts'
import { ephemeralScrubKey } from '../../collector/wiring/data-folder.ts'
import { endingBefore } from '../../collector/wiring/exercises/run-exercise.ts'
import { openRecordTimes } from '../../collector/wiring/records/record-times.ts'
import { defaultSettings } from '../../collector/wiring/settings/load-settings.ts'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { runCommand } from '../support/command.ts'
import { runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

export interface ThreeWays {
  /** Canonical alerts that stand, sorted. */
  readonly byExercise: readonly string[]
  readonly byReplay: readonly string[]
  readonly byPosting: readonly string[]
}

/** One deployment has one key: ids of events that hold references hang on it. */
const scrubKey = `exercise:${Buffer.alloc(32, 9).toString('base64url')}\n`
const linesPerBody = 50

/** @param settleMs how long the collector that runs may take to say what the others say: detectors wait in real time there */
export async function tellThreeWays(recorded: LoadedStory, settleMs: number): Promise<ThreeWays> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-three-ways-'))
  const data = join(folder, 'data')
  mkdirSync(data)
  writeFileSync(join(data, 'scrub.key'), scrubKey)
  // Nothing is ahead of a collector that runs now.
  const startsAt = endingBefore(recorded, ephemeralScrubKey(), Date.now())
  const loaded = shiftStory(recorded, startsAt)
  const files = (part: string, sources: readonly SourceLines[]): readonly string[] =>
    sources.map(({ name, lines }) => {
      const path = join(folder, `${part}-${name}.log`)
      writeFileSync(path, `${lines.join('\n')}\n`, 'latin1')
      return path
    })
  try {
    const settings = await settingsOf(loaded, folder, data, files('baseline', loaded.baseline))
    const config = join(folder, 'settings.yaml')
    writeFileSync(config, JSON.stringify(settings))
    const at = new Date(startsAt).toISOString()
    const byExercise = await printed(['exercise', 'run', loaded.id, '--json', '--starts-at', at, '--data', data])
    const attack = files('attack', loaded.attack)
    const byReplay = await printed(['replay', ...attack, '--json', '--settings', config, '--data', data])
    return { byExercise, byReplay, byPosting: await posted(loaded, settings, data, byExercise, settleMs) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As an operator would: what `learn --from` writes, put into the settings. */
async function settingsOf(
  { story }: LoadedStory,
  folder: string,
  data: string,
  baseline: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (baseline.length === 0) return story.settings
  const config = join(folder, 'before.yaml')
  const out = join(folder, 'baseline.json')
  writeFileSync(config, JSON.stringify(story.settings))
  await printed(['learn', '--from', ...baseline, '--out', out, '--settings', config, '--data', data])
  const { detectors = {}, ...rest } = story.settings as { detectors?: Record<string, object> } // checked when it was run
  const own = { baseline: `\${json:${out}}`, ...detectors['unexpected-caller'] }
  return { ...rest, detectors: { ...detectors, 'unexpected-caller': own } }
}

async function printed(words: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCommand(words)
  if (code !== 0) throw new Error(`"eastwest ${words.join(' ')}" ended with ${code}: ${stderr}`)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}

async function posted(
  loaded: LoadedStory,
  settings: unknown,
  data: string,
  expected: readonly string[],
  settleMs: number,
): Promise<readonly string[]> {
  const collector = await runCollector({ data, settings })
  try {
    const lines = inOrder(loaded.attack)
    for (let at = 0; at < lines.length; at += linesPerBody) {
      const { status, text } = await collector.post(
        Buffer.from(`${lines.slice(at, at + linesPerBody).join('\n')}\n`, 'latin1'),
      )
      if (status !== 200) throw new Error(`what was posted was refused: ${text}`)
    }
    let told: readonly string[] = []
    const asExpected = async (): Promise<boolean> => {
      const { json } = await collector.get('/api/alerts?limit=1000')
      told = standing(json).map(canonicalAlertJson).sort()
      return told.join('\n') === expected.join('\n')
    }
    // Whoever compares says what differs.
    await until(asExpected, 'the collector says the same', settleMs).catch(() => undefined)
    return told
  } finally {
    await collector.remove()
  }
}

function standing(json: unknown): readonly Alert[] {
  const { alerts } = json as { alerts: readonly unknown[] } // the API's own answer, whose alerts are parsed
  return alerts.map((alert) => alertSchema.parse(alert)).filter(({ status }) => status !== 'withdrawn')
}

/** By when each line happened, as a shipper that follows several files would send them. */
function inOrder(sources: readonly SourceLines[]): readonly string[] {
  const { decoders } = defaultSettings()
  return sources
    .flatMap(({ name, format, lines }) => {
      const timeOf = openRecordTimes(decoders, format, 'http')
      let at = 0
      return lines.map((line) => {
        at = timeOf(Buffer.from(line, 'latin1'), name) ?? at
        return { line, at }
      })
    })
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
}
