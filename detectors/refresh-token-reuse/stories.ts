// What an issuer would log, for the tests of refresh-token-reuse: refreshes, logins and ends of sessions, and what is made of them.

import type { SlotVerdict, VerdictRecord } from '../../schemas/findings.ts'
import { type Engine, openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { batchOf, type EventFields, type PlacedEvent, placed, recordedEvent } from '../engine/recording.ts'
import { hash64 } from '../engine/stable-hash.ts'
import { standingVerdicts } from '../engine/standing.ts'
import { refreshTokenReuse } from './refresh-token-reuse.ts'

/** 2026-11-02T09:00:00Z. */
export const start = 1_793_610_000_000
export const home = '203.0.113.9'
export const thief = '198.51.100.77'
export const latenessMs = 30_000

export type Fields = EventFields & { readonly eventAt: number }

const issuer: EventFields = {
  kind: 'authn',
  format: 'keycloak-event',
  subject: 'u-1',
  subjectFrom: 'field',
  client: 'web',
  session: 'S1',
  clientIp: home,
  outcome: 'allowed',
}

const at = (seconds: number): number => start + Math.round(seconds * 1_000)

/** `from` is presented and `to` given; `''`: refused. */
export function refresh(seconds: number, from: string, to: string, fields: EventFields = {}): Fields {
  const refused: EventFields = { outcome: 'denied', tokenVerdict: 'reused' }
  const given: EventFields = { issuedRefreshToken: to }
  const token: EventFields = { action: 'token.refresh', tokenKind: 'refresh-token', tokenId: from }
  return { ...issuer, ...token, ...(to === '' ? refused : given), ...fields, eventAt: at(seconds) }
}

export function login(seconds: number, to: string, fields: EventFields = {}): Fields {
  return { ...issuer, action: 'login', issuedRefreshToken: to, ...fields, eventAt: at(seconds) }
}

export function ends(seconds: number, action: string, fields: EventFields = {}): Fields {
  return { ...issuer, action, ...fields, eventAt: at(seconds) }
}

/** So much later that every watermark has passed: something else that happens at the issuer. */
export function later(events: readonly Fields[], seconds = 600): Fields {
  const last = Math.max(start, ...events.map(({ eventAt }) => eventAt))
  return { ...issuer, action: 'credential.change', session: 'elsewhere', eventAt: last + seconds * 1_000 }
}

export function engineFor(settings: unknown = {}): Engine {
  return openEngine({
    detectors: [detectorEntry(refreshTokenReuse).open(settings)],
    digest: hash64,
    latenessMs: { 'refresh-token-reuse': latenessMs },
  })
}

export function fold(engine: Engine, arrived: readonly PlacedEvent[], cuts: readonly number[] = []): VerdictRecord[] {
  const out: VerdictRecord[] = []
  const batch = batchOf(arrived)
  let from = 0
  for (const to of [...cuts, arrived.length]) {
    engine.observe(batch, from, to, out)
    from = to
  }
  return out
}

/** Each event its own record, in the order in which they happened, and something much later. */
export function told(events: readonly Fields[], settings: unknown = {}): VerdictRecord[] {
  const all = [...events, later(events)].map((fields) => recordedEvent(fields))
  const arrived = placed(all)
  return fold(
    engineFor(settings),
    arrived,
    arrived.map((_, index) => index),
  )
}

/** The newest verdict of each slot that holds anything, information included. */
export function verdictsOf(records: readonly VerdictRecord[]): readonly SlotVerdict[] {
  const last = new Map<string, SlotVerdict>()
  for (const { verdict } of records) last.set(`${verdict.rule} ${verdict.entity.key} ${verdict.slot}`, verdict)
  return [...last.values()].filter(({ findings }) => findings.length > 0)
}

export function standing(records: readonly VerdictRecord[]): readonly SlotVerdict[] {
  return [...standingVerdicts(records).values()].map(({ verdict }) => verdict)
}

/** `FORK critical by-issuer` of each, sorted. */
export function summaryOf(verdicts: readonly SlotVerdict[]): readonly string[] {
  return verdicts
    .map(({ rule, severity, labels }) => `${labels.class ?? rule} ${severity} ${labels.kill ?? ''}`.trim())
    .sort()
}
