// Brings the engine back to the newest manifest: every group that still fits is restored, the others are rebuilt by reading on.

import type { Engine } from '../../detectors/engine/engine.ts'
import type { LogRecord } from '../log/log.ts'
import type { DetectionLog } from './detection-log.ts'
import { type GroupEntry, type Manifest, manifestKey, manifestSchema, partKey } from './snapshot-keys.ts'

export interface Restored {
  readonly manifest: Manifest | undefined
  /** Offset of the ingest topic from which records must be folded again. */
  readonly resumeOffset: number
  /** What could not be restored, for the log: `refund-burst/by-beneficiary: other-version`. */
  readonly rebuilt: readonly string[]
}

export function restoreEngine(engine: Engine, log: DetectionLog, incarnation: string): Restored {
  const records = new Map<string, LogRecord>()
  for (const record of log.readCompacted('snapshots')) if (record.key !== undefined) records.set(record.key, record)
  const manifest = readManifest(records.get(manifestKey))
  if (manifest === undefined) return { manifest, resumeOffset: 0, rebuilt: [] }
  if (manifest.incarnation !== incarnation)
    return { manifest: undefined, resumeOffset: 0, rebuilt: ['all: the log is another one'] }
  const rebuilt = new Set<string>()
  const incomplete = new Set<number>()
  const held = new Map(manifest.stages.map((each) => [each.stage, each]))
  // Readers of signals first: while one is rebuilt, what it reads from must give all its signals again.
  for (const [index, stage] of [...engine.stageNames.entries()].reverse()) {
    const failures = engine.readersOf(index).some((reader) => incomplete.has(reader))
      ? ['its signals are needed again']
      : restoreStage(engine, records, stage, held.get(stage))
    for (const failure of failures) rebuilt.add(`${stage}: ${failure}`)
    if (failures.length > 0) incomplete.add(index)
  }
  return { manifest, resumeOffset: Math.max(0, engine.resumeAfter().offset), rebuilt: [...rebuilt] }
}

/** What could not be restored of it; groups that could are. */
function restoreStage(
  engine: Engine,
  records: ReadonlyMap<string, LogRecord>,
  stage: string,
  held: Manifest['stages'][number] | undefined,
): readonly string[] {
  if (held === undefined) return ['not in the snapshot']
  return held.groups.flatMap((entry) => restoreGroup(engine, records, stage, held.stateVersion, entry) ?? [])
}

function readManifest(record: LogRecord | undefined): Manifest | undefined {
  if (record?.value === undefined || record.value === null) return undefined
  const parsed = manifestSchema.safeParse(JSON.parse(Buffer.from(record.value).toString('utf8')))
  return parsed.success ? parsed.data : undefined
}

function restoreGroup(
  engine: Engine,
  records: ReadonlyMap<string, LogRecord>,
  stage: string,
  stateVersion: string,
  entry: GroupEntry,
): string | undefined {
  const { group, position, chunk } = entry
  if (chunk === undefined)
    return engine.restoreEmpty(stage, stateVersion, group, position) ? undefined : 'other-version'
  const parts = Array.from(
    { length: chunk.parts },
    (_, part) => records.get(partKey(stage, group, chunk.generation, part))?.value,
  )
  if (parts.some((part) => part === undefined || part === null)) return 'missing'
  const body = Buffer.concat(parts.flatMap((part) => (part === undefined || part === null ? [] : [part]))).toString(
    'utf8',
  )
  const { digest, taken, appendedThrough, keys } = chunk
  const result = engine.restore(
    { stage, group, stateVersion, position: taken, appendedThrough, keys, body, digest },
    position,
  )
  return result === 'restored' ? undefined : result
}
