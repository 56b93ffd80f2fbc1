// A replay as the command line asks for it: settings and key found, result told with what could not be judged.

import { abstains, type ReadinessRow } from '../../../detectors/engine/readiness-tally.ts'
import type { Baseline } from '../../../detectors/unexpected-caller/baseline.ts'
import type { Alert } from '../../../schemas/alerts.ts'
import { decisionFormat, decisionReceiver } from '../../../schemas/decision.ts'
import { ephemeralScrubKey, readScrubKey } from '../data-folder.ts'
import { openLogger } from '../run/logger.ts'
import { collectorSections, readSettings } from '../settings/read-settings.ts'
import { learnedFrom } from './learned.ts'
import { type ReplayProgress, type ReplayResult, replay } from './replay.ts'
import type { RecordedFile } from './spool-files.ts'

export interface ReplayFilesOptions {
  readonly files: readonly string[]
  /** Files whose lines are decisions of people: whoever starts a replay vouches for them. */
  readonly decisions?: readonly string[]
  readonly settings?: string
  readonly data?: string
  readonly format: string
  readonly onProgress: (progress: ReplayProgress) => void
}

export interface ReplayedFiles extends Omit<ReplayResult, 'engine'> {
  readonly alerts: readonly Alert[]
  readonly abstentions: readonly ReadinessRow[]
  /** What is still being learned, in lines for a person. */
  readonly learning: readonly string[]
  readonly baseline: Baseline
}

const defaultData = './data'

export async function replayFiles({
  files,
  decisions = [],
  settings: file,
  data,
  format,
  onProgress,
}: ReplayFilesOptions): Promise<ReplayedFiles> {
  const { settings } = readSettings(file, collectorSections)
  const key = readScrubKey(data ?? defaultData) ?? ephemeralScrubKey()
  const logger = openLogger({ ...settings.telemetry, logLevel: 'error' }, process.stderr, (text) => text)
  const { engine, ...result } = await replay({
    files: [...files.map((path) => recorded(path, format)), ...decisions.map(decided)],
    input: process.stdin,
    settings,
    key,
    logger,
    onProgress,
  })
  const abstentions = engine.readiness().filter(abstains)
  const { lines: learning, baseline } = learnedFrom(engine, settings)
  return { ...result, abstentions, learning, baseline }
}

function recorded(path: string, format: string): RecordedFile {
  return { path, name: path === '-' ? 'stdin' : path, format, receiver: 'replay' }
}

function decided(path: string): RecordedFile {
  return { ...recorded(path, decisionFormat), receiver: decisionReceiver }
}
