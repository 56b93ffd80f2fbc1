// What every run is given: the recordings of all detectors as events of our own form, and bursts of refunds by many.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { detectors } from '../../detectors/catalog.ts'
import { type EventFields, readRecording } from '../../detectors/engine/recording.ts'
import { eastwestEventSchemaName, eastwestMembers } from '../../schemas/eastwest-event.ts'
import type { EventColumnName } from '../../schemas/events/columns.ts'
import { root } from '../architecture/source-files.ts'

/** Members of an event in our own form that are columns of the same name beside those of `eastwestMembers`. */
const further: readonly EventColumnName[] = ['kind', 'tokenIssuedAt', 'tokenExpiresAt', 'amountMinor', 'currency']
const members: ReadonlySet<string> = new Set([...eastwestMembers, ...further])
/** Of these no two worlds have one in common. */
const names: ReadonlySet<string> = new Set<EventColumnName>([
  'subject',
  'actor',
  'client',
  'session',
  'token',
  'tokenId',
  'tokenFamily',
  'issuedToken',
  'issuedRefreshToken',
  'caller',
  'destination',
  'device',
  'proofId',
  'payment',
  'operationId',
  'idempotencyKey',
])
const users = 400

/** Lines in the order in which things happened, one source after the other. */
export function inputLines(): readonly string[] {
  return [...recordedLines(), ...refundLines()]
}

/** Each recording is a world of its own. */
function recordedLines(): readonly string[] {
  const files = detectors.flatMap(({ id }) => {
    const folder = join(root, 'detectors', id, 'recordings')
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
  })
  return files.flatMap((file, world) =>
    readRecording(readFileSync(file, 'utf8')).events.map(({ fields }) => lineOf(fields, world)),
  )
}

function lineOf(fields: EventFields & { readonly eventAt: number }, world: number): string {
  const said = Object.entries(fields)
    .filter(([name, value]) => members.has(name) && value !== '' && value !== -1)
    .map(([name, value]) => [name, names.has(name) ? inWorld(String(value), world) : value])
  const at = new Date(fields.eventAt).toISOString()
  return JSON.stringify({ schema: eastwestEventSchemaName, at, ...Object.fromEntries(said) })
}

/** Four refunds a user: every other user's come within seconds. */
function refundLines(): readonly string[] {
  return Array.from({ length: users * 4 }, (_, index) => {
    const user = Math.floor(index / 4)
    const step = (user % 2 === 0 ? 2 : 40) * (index % 4)
    const at = new Date(Date.parse('2025-03-14T08:00:00Z') + (user * 7 + step) * 1_000).toISOString()
    const when = `${at.slice(0, 10)} ${at.slice(11, 19)}`
    return `${when} | user_id=ID-${user} | action=REFUND | order=ORD-${user}-${index % 4} | amount=${10 + (index % 4)}.50`
  })
}

/** The namespace of a workload's identity, where it has one; the name's end otherwise. */
function inWorld(name: string, world: number): string {
  return name.includes('/ns/')
    ? name.replace(/\/ns\/[^/]+/, (namespace) => `${namespace}-${world}`)
    : `${name}-${world}`
}
