// Who made a request, by the best that the entry offers: certificate, trusted hop, verified claim, envelope.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Provenance, Reporter } from '../../../schemas/events/event-kind.ts'
import { canonicalIdentity, isNamedIn } from '../principal.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import {
  type Party,
  PartyNames,
  type PrincipalParty,
  ProvenanceWords,
  partyOf,
  principalParty,
  principalSize,
} from './party.ts'
import type { ReportingWorkload } from './reporting.ts'
import { lookUp, TextMemo } from './text-memo.ts'
import { type ForwardedCertificate, parseForwardedCertificates } from './xfcc.ts'

export class CallerWriter {
  private readonly trustedHops: readonly string[]
  private readonly principals = new TextMemo<PrincipalParty>(principalParty, principalSize)
  private readonly clients = new TextMemo<Party>(partyOf)
  private readonly certificates = new TextMemo(parseForwardedCertificates, { texts: 256, textBytes: 1024 })
  private readonly names = new PartyNames()
  private readonly provenances = new ProvenanceWords()

  constructor(trustedHops: readonly string[]) {
    this.trustedHops = trustedHops
  }

  /** False where nothing but the peer's address may tell. */
  write(entry: AccessEntry, row: EventBatch, reporter: Reporter, reporting: ReportingWorkload): boolean {
    const known = reporter === 'source' ? this.writeOwn(entry, row, reporting) : this.writePeer(entry, row)
    if (known) return true
    if (!entry.has(field.jwt_azp)) return false
    this.put(row, lookUp(this.clients, entry, field.jwt_azp), 'jwt')
    return true
  }

  /** The peer's certificate names the caller, unless the peer is a trusted hop and says for whom it calls. */
  private writePeer(entry: AccessEntry, row: EventBatch): boolean {
    if (entry.has(field.source_principal)) {
      const peer = lookUp(this.principals, entry, field.source_principal)
      if (peer.identity !== '') {
        const forwarded = isNamedIn(this.trustedHops, peer.identity) ? this.forwardedBy(entry, peer.identity) : ''
        if (forwarded !== '') this.put(row, this.names.of(forwarded), 'xfcc')
        else this.putPrincipal(entry, row, field.source_principal, peer, 'mtls')
        return true
      }
    }
    if (entry.has(field.peer_principal)) {
      const peer = lookUp(this.principals, entry, field.peer_principal)
      if (peer.identity !== '') {
        this.putPrincipal(entry, row, field.peer_principal, peer, 'filter-state')
        return true
      }
    }
    const forwarded = this.forwardedBy(entry, '')
    if (forwarded === '') return false
    this.put(row, this.names.of(forwarded), 'xfcc')
    return true
  }

  /** On the caller's own side the proxy names itself, by its certificate or by its envelope. */
  private writeOwn(entry: AccessEntry, row: EventBatch, reporting: ReportingWorkload): boolean {
    for (const own of ownPrincipals) {
      if (!entry.has(own)) continue
      const party = lookUp(this.principals, entry, own)
      if (party.identity === '') continue
      this.putPrincipal(entry, row, own, party, 'asserted')
      return true
    }
    if (reporting.identity === '') return false
    this.put(row, this.names.of(reporting.identity), 'envelope')
    return true
  }

  private forwardedBy(entry: AccessEntry, peer: string): string {
    if (this.trustedHops.length === 0 || !entry.has(field.xfcc)) return ''
    const elements = lookUp(this.certificates, entry, field.xfcc)
    return elements === undefined ? '' : callerForwarded(elements, this.trustedHops, peer)
  }

  private putPrincipal(entry: AccessEntry, row: EventBatch, from: number, party: PrincipalParty, as: Provenance): void {
    if (!party.hasOthers) entry.said[from] = 1
    this.put(row, party, as)
  }

  private put(row: EventBatch, party: Party, provenance: Provenance): void {
    party.column.put(row.columns.caller, row.row)
    this.provenances.put(row.columns.callerFrom, row.row, provenance)
  }
}

const ownPrincipals = [field.upstream_local_principal, field.local_principal, field.source_principal]

/**
 * The caller named by the element that a trusted hop appended, followed through hops that are trusted too; `''` where
 * the last hop is none. Beside a verified `peer` only what that peer appended counts.
 */
export function callerForwarded(
  elements: readonly ForwardedCertificate[],
  trustedHops: readonly string[],
  peer: string,
): string {
  let at = elements.length - 1
  // The reporting proxy itself appends whom it has verified.
  if (peer !== '' && elements[at]?.uri.map(canonicalIdentity).includes(peer)) at -= 1
  let hop = elements[at]?.by
    .map(canonicalIdentity)
    .find((by) => (peer === '' ? isNamedIn(trustedHops, by) : by === peer))
  let caller = ''
  while (hop !== undefined) {
    const named = elements[at]?.uri[0]
    if (named === undefined || named === '') break
    caller = canonicalIdentity(named)
    at -= 1
    hop = isNamedIn(trustedHops, caller)
      ? elements[at]?.by.map(canonicalIdentity).find((by) => by === caller)
      : undefined
  }
  return caller
}
