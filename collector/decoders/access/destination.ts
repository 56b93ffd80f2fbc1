// For whom a request was: the called workload's certificate, else the service that the proxy routed to, else its name.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Provenance, Reporter } from '../../../schemas/events/event-kind.ts'
import { CodedText } from '../coded-text.ts'
import { serviceOfHost } from '../workload-name.ts'
import { type ClusterFacts, readCluster, readServerName } from './clusters.ts'
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
  provenanceOf,
} from './party.ts'
import type { ReportingWorkload } from './reporting.ts'
import { lookUp, TextMemo } from './text-memo.ts'

export class DestinationWriter {
  private readonly principals = new TextMemo<PrincipalParty>(principalParty, principalSize)
  private readonly clusters = new TextMemo(clusterOf, { texts: 1024, textBytes: 128 })
  private readonly serverNames = new TextMemo(serverNameOf, { texts: 1024, textBytes: 128 })
  private readonly authorities = new TextMemo(authorityOf, { texts: 1024, textBytes: 128 })
  // What the entry under way says.
  private cluster: Cluster | undefined
  private serverName: ServerName | undefined
  private authority: Authority | undefined
  private readonly names = new PartyNames()
  private readonly provenances = new ProvenanceWords()

  /** Writes authority and cluster, and says which end of the call the proxy was by what they say. */
  readEnd(entry: AccessEntry, row: EventBatch): Reporter {
    const { columns } = row
    this.authority = entry.has(field.authority) ? lookUp(this.authorities, entry, field.authority) : undefined
    this.authority?.column.put(columns.host, row.row)
    this.cluster = entry.has(field.upstream_cluster) ? lookUp(this.clusters, entry, field.upstream_cluster) : undefined
    this.cluster?.column.put(columns.upstreamCluster, row.row)
    this.serverName = entry.has(field.requested_server_name)
      ? lookUp(this.serverNames, entry, field.requested_server_name)
      : undefined
    if (this.cluster !== undefined && this.cluster.end !== '') return this.cluster.end
    return this.serverName?.fromSidecar === true ? 'destination' : ''
  }

  /** False where nothing but the server's address may tell. */
  write(entry: AccessEntry, row: EventBatch, reporter: Reporter, reporting: ReportingWorkload): boolean {
    const known = this.writeParty(entry, row, reporter, reporting)
    // The server name says more than the authority only where it names another service.
    if (this.serverName !== undefined && this.serverName.service.identity !== this.authority?.service.identity)
      entry.keep(field.requested_server_name)
    return known
  }

  private writeParty(entry: AccessEntry, row: EventBatch, reporter: Reporter, reporting: ReportingWorkload): boolean {
    const routed = this.cluster?.service
    // A waypoint's own certificate is not the service's: its cluster names the service.
    const viaWaypoint = reporter === 'destination' && routed !== undefined && routed.identity !== ''
    const verified = viaWaypoint ? undefined : this.verified(entry, reporter)
    if (verified !== undefined) this.put(row, verified, 'mtls')
    else if (routed !== undefined && routed.identity !== '') this.put(row, routed, provenanceOf(routed))
    else if (reporter === 'destination' && reporting.identity !== '')
      this.put(row, this.names.of(reporting.identity), 'envelope')
    else return this.writeNamed(row)
    return true
  }

  private verified(entry: AccessEntry, reporter: Reporter): PrincipalParty | undefined {
    for (const one of verifiedBy[reporter]) {
      if (!entry.has(one)) continue
      const party = lookUp(this.principals, entry, one)
      if (party.identity === '') continue
      if (!party.hasOthers) entry.said[one] = 1
      return party
    }
    return undefined
  }

  /** By what the request called it. */
  private writeNamed(row: EventBatch): boolean {
    for (const service of [this.serverName?.service, this.authority?.service]) {
      if (service === undefined || service.identity === '') continue
      this.put(row, service, provenanceOf(service))
      return true
    }
    return false
  }

  private put(row: EventBatch, party: Party, provenance: Provenance): void {
    party.column.put(row.columns.destination, row.row)
    this.provenances.put(row.columns.destinationFrom, row.row, provenance)
  }
}

interface Cluster {
  readonly column: CodedText
  readonly end: ClusterFacts['end']
  readonly service: Party
}

function clusterOf(text: string): Cluster {
  const { end, service } = readCluster(text)
  return { column: new CodedText(text), end, service: partyOf(service) }
}

interface ServerName {
  readonly fromSidecar: boolean
  readonly service: Party
}

function serverNameOf(text: string): ServerName {
  const { fromSidecar, service } = readServerName(text)
  return { fromSidecar, service: partyOf(service) }
}

interface Authority {
  readonly column: CodedText
  readonly service: Party
}

function authorityOf(text: string): Authority {
  return { column: new CodedText(text), service: partyOf(serviceOfHost(text)) }
}

/** Whose certificate is the called workload's: its own proxy's, or the one that the caller's proxy met. */
const verifiedBy: Readonly<Record<Reporter, readonly number[]>> = {
  destination: [field.destination_principal, field.local_principal],
  '': [field.destination_principal, field.local_principal, field.upstream_peer_principal],
  source: [field.upstream_peer_principal, field.destination_principal],
  gateway: [field.upstream_peer_principal],
}
