// What the store of the dashboards' tests is filled with: recordings of real programs, and those of the detectors as our own JSON.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecording } from '../../../detectors/engine/recording.ts'
import { eastwestEventSchema, eastwestEventSchemaName } from '../../../schemas/eastwest-event.ts'
import { type EventColumnName, eventColumns } from '../../../schemas/events/columns.ts'
import { root } from '../../architecture/source-files.ts'

/** Lines of one source, in the order in which they are sent. */
export interface SourceLines {
  readonly source: string
  readonly lines: readonly string[]
}

const programs = [
  ['keycloak', 'keycloak/administration.events.jsonl'],
  ['keycloak', 'keycloak/administration.admin-events.jsonl'],
  ['keycloak', 'keycloak/brute-force.events.jsonl'],
  ['keycloak', 'keycloak/parent-reused.events.jsonl'],
  ['keycloak', 'keycloak/login-and-rotation.events.jsonl'],
  ['oidc-provider', 'oidc-provider/token-reused.jsonl'],
  ['oidc-provider', 'oidc-provider/logout.jsonl'],
  ['opa', 'opa/console.jsonl'],
  ['traces', 'otel-sdk/traces.jsonl'],
  ['logs', 'otel-sdk/logs.jsonl'],
] as const

/** Those that say the same with 200 users are left out: nothing of them would be seen that is not in the small ones. */
const large = /cohort-200|defective-client-and-thief/

export function recordedSources(): readonly SourceLines[] {
  const files = programs.map(([source, path]) => linesOfFile(source, join(root, 'test/recordings', path)))
  return [...detectorRecordings(), ...files]
}

/** Lines as they stand in a file, one record each. */
export function linesOfFile(source: string, path: string): SourceLines {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return { source, lines }
}

interface TimedLine {
  readonly at: number
  readonly source: string
  readonly line: string
}

const sourceOfKind: Readonly<Record<string, string>> = {
  access: 'mesh',
  authn: 'identity',
  authz: 'policies',
  action: 'payments',
}

/** All attacks in the order of time, so that what is told of one caller or user comes in the order in which it happened. */
function detectorRecordings(): readonly SourceLines[] {
  const folder = join(root, 'detectors')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.attack.jsonl') && !large.test(path))
    .sort()
  const lines = files
    .flatMap((path) =>
      readRecording(readFileSync(join(folder, path), 'utf8')).events.map(({ fields }) => timed(fields)),
    )
    .sort((a, b) => a.at - b.at)
  const runs: { source: string; lines: string[] }[] = []
  for (const { source, line } of lines) {
    const last = runs.at(-1)
    if (last?.source === source) last.lines.push(line)
    else runs.push({ source, lines: [line] })
  }
  return runs
}

function timed({ eventAt, format: _, ...columns }: Readonly<Record<string, string | number>>): TimedLine {
  const at = Number(eventAt)
  const members = Object.entries(columns)
    .filter(([name]) => Object.hasOwn(eastwestEventSchema.shape, name))
    .map(([name, value]) => [
      name,
      // Instants are written as text; a column of another type is as it is.
      eventColumns[name as EventColumnName].type === 'instant' ? new Date(Number(value)).toISOString() : value, // the reader refused other names
    ])
  const event = { schema: eastwestEventSchemaName, at: new Date(at).toISOString(), ...Object.fromEntries(members) }
  return { at, source: sourceOfKind[String(columns.kind)] ?? 'others', line: JSON.stringify(event) }
}
