// The five kinds of events, and the closed words their columns use.

export const eventKinds = ['access', 'authn', 'authz', 'action', 'span'] as const
export type EventKind = (typeof eventKinds)[number]

/** What became of the request, login, decision or operation. `''`: the record does not say. */
export const outcomes = ['', 'allowed', 'denied', 'failed', 'would-deny', 'pending', 'reversed'] as const
export type Outcome = (typeof outcomes)[number]

/** Which part of a record the outcome was read from; earlier ones win over later ones. */
export const outcomeBases = ['', 'flags', 'details', 'grpc', 'http', 'field'] as const
export type OutcomeBasis = (typeof outcomeBases)[number]

/**
 * Where an identity comes from, from most to least trustworthy:
 * `mtls` the peer's certificate · `filter-state` the same, passed on by a waypoint · `xfcc` the element a trusted hop
 * appended · `jwt` a claim the proxy verified · `asserted` a claim or name nobody verified · `envelope` what the log
 * shipper says of the reporting workload · `ip` an address only · `field` a plain field of the application's own record ·
 * `''` absent.
 */
export const provenances = ['', 'mtls', 'filter-state', 'xfcc', 'jwt', 'asserted', 'envelope', 'ip', 'field'] as const
export type Provenance = (typeof provenances)[number]

/** Which end of a call reported it. A `gateway` is the first hop: its client address is the client's own. */
export const reporters = ['', 'source', 'destination', 'gateway'] as const
export type Reporter = (typeof reporters)[number]
