// Whether an event was seen where requests enter, and who presents a token inside the mesh.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { fittingPattern } from '../calls/pattern.ts'
import type { TokenReplaySettings } from './settings.ts'

/**
 * `gateway` reported by an ingress itself · `behind` by the workload that a verified ingress called · `inside` by a hop
 * further in, of which only the presenter's identity counts · `elsewhere`: it says nothing of where a token came from.
 */
export type Vantage = 'gateway' | 'behind' | 'inside' | 'elsewhere'

// By settings, which are the same object for as long as a detector runs. Names are few; the bound is for strangers'.
const judged = new WeakMap<TokenReplaySettings, Map<string, boolean>>()
const maxNames = 16_384
/** Those asked with last, nearly always the same; and the answer given last, for which stage after stage asks of one event. */
let last: { readonly settings: TokenReplaySettings; readonly names: Map<string, boolean> } | undefined
let lastName = ''
let lastFits = false

export function vantageOf(event: SecurityEvent, settings: TokenReplaySettings): Vantage {
  if (event.kind !== 'access') return 'elsewhere'
  const reporter = event.reporter
  if (reporter === 'gateway') return isExcluded(event.workload, settings) ? 'elsewhere' : 'gateway'
  if (reporter === 'source') return isIngress(event.workload, settings) ? 'gateway' : 'elsewhere'
  if (!isVerified(event.callerFrom)) return 'elsewhere'
  return isIngress(event.caller, settings) ? 'behind' : 'inside'
}

/** A name of a workload or an identity: of a SPIFFE id its service account. */
export function isIngress(name: string, settings: TokenReplaySettings): boolean {
  if (name === '') return false
  const known = last?.settings === settings ? last.names : namesOf(settings)
  if (name === lastName) return lastFits
  const fits = known.get(name) ?? judge(name, settings, known)
  lastName = name
  lastFits = fits
  return fits
}

function judge(name: string, settings: TokenReplaySettings, known: Map<string, boolean>): boolean {
  if (known.size >= maxNames) known.clear()
  const own = name.slice(name.startsWith('spiffe://') ? name.lastIndexOf('/') + 1 : 0).toLowerCase()
  const fits = fittingPattern(settings.ingress, own) !== undefined && !isExcluded(own, settings)
  known.set(name, fits)
  return fits
}

function namesOf(settings: TokenReplaySettings): Map<string, boolean> {
  const names = judged.get(settings) ?? new Map<string, boolean>()
  judged.set(settings, names)
  last = { settings, names }
  lastName = ''
  return names
}

function isExcluded(name: string, settings: TokenReplaySettings): boolean {
  return fittingPattern(settings.notIngress, name.toLowerCase()) !== undefined
}

/** Proved by a certificate, or passed on by a hop that is trusted to have checked one. */
export function isVerified(from: string): boolean {
  return from === 'mtls' || from === 'filter-state' || from === 'xfcc'
}

/** Refused, and nobody verified what the token says of itself: whoever sent it may have made it up. */
export function isUnproved(event: SecurityEvent): boolean {
  if (event.httpStatus !== 401 && event.outcome !== 'denied') return false
  const from = event.tokenFrom
  return from === 'asserted' || from === ''
}
