// Builds presentations of tokens for tests, and folds them with the real engine.

import type { VerdictRecord } from '../../schemas/findings.ts'
import { type Engine, openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { batchOf, placed, type RecordedEvent, recordedEvent } from '../engine/recording.ts'
import { hash64 } from '../engine/stable-hash.ts'
import { standingSummary } from '../engine/standing.ts'
import { tokenReplay } from './token-replay.ts'

export const latenessMs = 30_000
/** A Friday, 09:00 UTC. */
export const storyStart = Date.parse('2025-03-14T09:00:00.000Z')

export type Fields = Readonly<Record<string, string | number>>

export const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36'
export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0'

/** Where a token is used: its owner at home, and a thief elsewhere with another client. */
export const owner: Fields = { clientIp: '203.0.113.9', userAgent: chrome, tlsFingerprint: 'ja4-chrome' }
export const thief: Fields = { clientIp: '198.51.100.77', userAgent: firefox, tlsFingerprint: 'ja4-firefox' }

export function identity(name: string): string {
  return `spiffe://cluster.local/ns/shop/sa/${name}`
}

export const tokenFields: Fields = {
  tokenIssuer: 'https://idp.example',
  tokenId: 'at-1',
  tokenFrom: 'jwt',
  subject: 'u-314',
  subjectFrom: 'jwt',
  client: 'web',
  session: 'S-1',
  tokenExpiresAt: storyStart + 3_600_000,
}

/** As the gateway reports it, so many seconds after the start. */
export function use(atSeconds: number, fields: Fields = {}): Fields {
  return {
    kind: 'access',
    eventAt: storyStart + Math.round(atSeconds * 1_000),
    reporter: 'gateway',
    workload: 'istio-ingressgateway',
    destination: identity('orders'),
    destinationFrom: 'mtls',
    httpStatus: 200,
    outcome: 'allowed',
    requestId: `request-${atSeconds}-${fields.clientIp ?? ''}`,
    ...tokenFields,
    ...fields,
  }
}

/** The same token as the called workload reports it inside the mesh. */
export function relayed(atSeconds: number, caller: string, destination: string, fields: Fields = {}): Fields {
  return use(atSeconds, {
    reporter: 'destination',
    workload: destination,
    caller: identity(caller),
    callerFrom: 'mtls',
    callerInstance: '10.20.3.1',
    destination: identity(destination),
    method: 'POST',
    route: '/v1/refunds',
    ...fields,
  })
}

/** Accepted calls in three hours and from three replicas, some days before the story: what makes them a learned path. */
export function called(caller: string, destination: string, firstDay = -9): readonly Fields[] {
  return [1, 2, 3].map((hour) => ({
    ...without(relayed(firstDay * 86_400 + hour * 3_600, caller, destination), 'tokenId', 'tokenIssuer'),
    callerInstance: `10.0.0.${hour}`,
    requestId: `${caller} ${destination} ${hour}`,
  }))
}

/** Orders and payments are reached from an ingress, report from nobody that is. */
export function knownPaths(): readonly Fields[] {
  return [
    ...called('istio-ingressgateway', 'orders'),
    ...called('orders', 'payments'),
    ...called('scheduler', 'report'),
  ]
}

export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

export function engineFor(settings: unknown = {}): Engine {
  return openEngine({
    detectors: [detectorEntry(tokenReplay).open(settings)],
    digest: hash64,
    latenessMs: { 'token-replay': latenessMs },
  })
}

/** The events handed over one by one as they happened. */
export function foldStories(stories: readonly Fields[], settings: unknown = {}): readonly VerdictRecord[] {
  const out: VerdictRecord[] = []
  const engine = engineFor(settings)
  const events: readonly RecordedEvent[] = stories.map(recordedEvent)
  for (const event of placed(events)) engine.observe(batchOf([event]), 0, 1, out)
  return out
}

/** `shared-token high`, each once, sorted. */
export function standing(stories: readonly Fields[], settings: unknown = {}): readonly string[] {
  const lines = standingSummary(foldStories(stories, settings)).map((line) => line.split(' ').slice(0, 2).join(' '))
  return [...new Set(lines)]
}

/** The last verdict of each alert that holds a finding, info or not. */
export function lastVerdicts(records: readonly VerdictRecord[]): readonly VerdictRecord['verdict'][] {
  const last = new Map<string, VerdictRecord['verdict']>()
  for (const { verdict } of records) last.set(`${verdict.rule} ${verdict.entity.key} ${verdict.slot}`, verdict)
  return [...last.values()].filter(({ findings }) => findings.length > 0)
}
