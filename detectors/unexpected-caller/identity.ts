// Who called, as far as a record can say it, and how far that can be trusted.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Provenance } from '../../schemas/events/event-kind.ts'
import { provenances } from '../../schemas/events/event-kind.ts'
import type { Confidence } from '../../schemas/findings.ts'

/**
 * Name of the caller: its certificate, what a trusted hop forwarded, a claim; else the client that the token was issued
 * to; else, on an outbound record, the workload that its envelope names. `''`: known by address only, or not at all.
 */
export function callerOf(event: SecurityEvent): string {
  const from = event.callerFrom
  if (from !== '' && from !== 'ip') return event.caller
  const client = event.client
  if (client !== '') return client
  return event.reporter === 'source' ? event.workload : ''
}

export function callerProvenance(event: SecurityEvent): Provenance {
  const from = provenanceOf(event.callerFrom)
  if (from !== '' && from !== 'ip') return from
  if (event.client === '') return 'envelope'
  const client = provenanceOf(event.clientFrom)
  return client === '' || client === 'mtls' || client === 'filter-state' || client === 'xfcc' ? 'asserted' : client
}

/** The destination's own record of the call, which outranks what callers and gateways report of it. */
export function isDestinationsOwn(event: SecurityEvent): boolean {
  const reporter = event.reporter
  return reporter !== 'source' && reporter !== 'gateway'
}

const confidenceOf: Readonly<Record<Provenance, Confidence>> = {
  mtls: 'high',
  'filter-state': 'high',
  xfcc: 'medium',
  jwt: 'medium',
  asserted: 'low',
  envelope: 'low',
  field: 'low',
  ip: 'low',
  '': 'low',
}

export function identityConfidence(from: Provenance): Confidence {
  return confidenceOf[from]
}

/** The more trustworthy of two. */
export function strongerProvenance(a: Provenance, b: Provenance): Provenance {
  const rank = (from: Provenance): number => (from === '' ? provenances.length : provenances.indexOf(from))
  return rank(a) <= rank(b) ? a : b
}

function provenanceOf(text: string): Provenance {
  return provenances.find((each) => each === text) ?? ''
}
