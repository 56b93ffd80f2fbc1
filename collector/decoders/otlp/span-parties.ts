// Between whom a span's call was: which end reported it, who called whom, and by what addresses.

import type { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { type Reporter, reporters } from '../../../schemas/events/event-kind.ts'
import { addressOf } from '../access/addresses.ts'
import { type ClusterFacts, readCluster } from '../access/clusters.ts'
import { type Party, PartyNames, ProvenanceWords, partyOf, provenanceOf } from '../access/party.ts'
import { Peer } from '../access/peer.ts'
import { type MemoSize, TextMemo } from '../access/text-memo.ts'
import { CodedText } from '../coded-text.ts'
import { serviceOfHost, workloadIdentity } from '../workload-name.ts'
import { firstText, putWhole } from './attribute-columns.ts'
import type { AttributeList } from './attribute-list.ts'
import type { ResourceFacts } from './resources.ts'
import { type SpanEntry, spanKinds } from './span-entry.ts'
import { slot } from './span-slots.ts'

const peerServices = [slot.peerService, slot.formerPeerService]
const peerAddresses = [slot.peerAddress, slot.formerPeerAddress, slot.olderPeerAddress, slot.envoyPeerAddress]
const clientAddresses = [slot.clientAddress, slot.formerClientAddress]
const calledHosts = [slot.serverAddress, slot.formerPeerName, slot.olderHost]
const ownHosts = [slot.serverAddress, slot.formerHost, slot.olderHost]
const calledPorts = [slot.serverPort, slot.formerPeerPort]
const ownPorts = [slot.serverPort, slot.formerHostPort]
const clusterNames = [slot.upstreamCluster, slot.olderUpstreamCluster]
const manyAddresses: MemoSize = { texts: 8192, textBytes: 40 }
const hosts: MemoSize = { texts: 2048, textBytes: 96 }
const maxPort = 65_535

interface Cluster {
  readonly column: CodedText
  readonly end: ClusterFacts['end']
  readonly service: Party
}

/** A host, and the service that it names. */
interface Host {
  readonly column: CodedText
  readonly service: Party
}

export class SpanPartyWriter {
  private readonly clusters = new TextMemo(clusterOf, hosts)
  private readonly hosts = new TextMemo(hostOf, hosts)
  private readonly peers = new TextMemo(peerOf, manyAddresses)
  private readonly services = new TextMemo((text) => partyOf(serviceOfHost(text)), hosts)
  private readonly names = new PartyNames()
  private readonly callerFrom = new ProvenanceWords()
  private readonly destinationFrom = new ProvenanceWords()
  private readonly ends = Object.fromEntries(reporters.map((end) => [end, new CodedText(end)])) as Readonly<
    Record<Reporter, CodedText>
  > // one text for each word

  write(entry: SpanEntry, row: EventBatch, facts: ResourceFacts): void {
    const { attributes: list } = entry
    const cluster = this.cluster(list, row)
    const end = cluster?.end || endOfKind(entry.kind)
    if (end === '') return
    this.ends[end !== 'source' && facts.isIngress ? 'gateway' : end].put(row.columns.reporter, row.row)
    if (end === 'source') this.writeCall(list, row, facts, cluster)
    else this.writeServed(list, row, facts, cluster)
  }

  private cluster(list: AttributeList, row: EventBatch): Cluster | undefined {
    const place = firstText(list, clusterNames)
    if (place === -1) return undefined
    const cluster = at(this.clusters, list, place)
    cluster.column.put(row.columns.upstreamCluster, row.row)
    list.said[place] = 1
    return cluster
  }

  /** The calling end: it is the caller itself, and knows the other one by name. */
  private writeCall(list: AttributeList, row: EventBatch, facts: ResourceFacts, cluster: Cluster | undefined): void {
    const { columns } = row
    this.putOwn(columns.caller, columns.callerFrom, this.callerFrom, facts.asCaller, row.row)
    putWhole(list, calledPorts, columns.port, row.row, maxPort)
    const host = this.writeHost(list, row, calledHosts)
    const peer = this.peerService(list)
    const routed = cluster?.service.identity === '' ? undefined : cluster?.service
    const called = routed ?? peer ?? host?.service ?? this.peerHost(list)
    if (called === undefined || called.identity === '') return
    called.column.put(columns.destination, row.row)
    this.destinationFrom.put(columns.destinationFrom, row.row, provenanceOf(called))
  }

  /** The called end: it is the destination itself, unless it only passes on; of the caller it knows an address at least. */
  private writeServed(list: AttributeList, row: EventBatch, facts: ResourceFacts, cluster: Cluster | undefined): void {
    const { columns } = row
    putWhole(list, ownPorts, columns.port, row.row, maxPort)
    const host = this.writeHost(list, row, ownHosts)
    const passedTo = facts.isIngress ? (cluster?.service ?? host?.service) : undefined
    if (passedTo !== undefined && passedTo.identity !== '') {
      passedTo.column.put(columns.destination, row.row)
      this.destinationFrom.put(columns.destinationFrom, row.row, provenanceOf(passedTo))
    } else this.putOwn(columns.destination, columns.destinationFrom, this.destinationFrom, facts.asDestination, row.row)
    const peer = this.writeAddresses(list, row, facts.isIngress)
    const caller = this.peerService(list)
    if (caller !== undefined) {
      caller.column.put(columns.caller, row.row)
      this.callerFrom.put(columns.callerFrom, row.row, provenanceOf(caller))
    } else if (peer !== undefined) {
      peer.putCaller(columns.caller, row.row)
      this.callerFrom.put(columns.callerFrom, row.row, 'ip')
    }
  }

  private putOwn(
    column: DictionaryColumn,
    fromColumn: DictionaryColumn,
    from: ProvenanceWords,
    own: CodedText,
    row: number,
  ): void {
    if (own.text === '') return
    own.put(column, row)
    from.put(fromColumn, row, 'envelope')
  }

  private writeHost(list: AttributeList, row: EventBatch, slots: readonly number[]): Host | undefined {
    const place = firstText(list, slots)
    if (place === -1) return undefined
    const host = at(this.hosts, list, place)
    host.column.put(row.columns.host, row.row)
    list.said[place] = 1
    return host
  }

  /** The other end by the name that the span gives it. */
  private peerService(list: AttributeList): Party | undefined {
    const place = firstText(list, peerServices)
    if (place === -1) return undefined
    const service = at(this.services, list, place)
    list.said[place] = 1
    const namespace = list.text(slot.peerNamespace)
    if (namespace === '' || service.identity.includes('.')) return service
    list.say(slot.peerNamespace)
    return this.names.of(workloadIdentity(service.identity, namespace))
  }

  private peerHost(list: AttributeList): Party | undefined {
    const place = firstText(list, peerAddresses)
    return place === -1 ? undefined : at(this.services, list, place)
  }

  /** Gives the direct peer, where it has an address. A gateway's client is the peer itself where nothing else is said. */
  private writeAddresses(list: AttributeList, row: EventBatch, isGateway: boolean): Peer | undefined {
    const { columns } = row
    const peerPlace = firstText(list, peerAddresses)
    const peer = peerPlace === -1 ? undefined : at(this.peers, list, peerPlace)
    const clientPlace = firstText(list, clientAddresses)
    const client = clientPlace === -1 ? undefined : at(this.peers, list, clientPlace)
    if (peer !== undefined) {
      peer.putAddress(columns, row.row)
      list.said[peerPlace] = 1
    }
    if (client !== undefined) {
      client.putClient(columns.clientIp, row.row)
      list.said[clientPlace] = 1
    } else if (isGateway) peer?.putClient(columns.clientIp, row.row)
    return peer
  }
}

function at<Facts>(memo: TextMemo<Facts>, list: AttributeList, place: number): Facts {
  return memo.of(list.view, list.starts[place] as number, list.ends[place] as number) // places are below the count
}

function endOfKind(kind: number): ClusterFacts['end'] {
  if (kind === spanKinds.server || kind === spanKinds.consumer) return 'destination'
  return kind === spanKinds.client || kind === spanKinds.producer ? 'source' : ''
}

function clusterOf(text: string): Cluster {
  const { end, service } = readCluster(text)
  return { column: new CodedText(text), end, service: partyOf(service) }
}

function hostOf(text: string): Host {
  return { column: new CodedText(text), service: partyOf(serviceOfHost(text)) }
}

/** Of an address with or without a port; undefined where it is none. */
function peerOf(text: string): Peer | undefined {
  const address = addressOf(text) || addressOf(text.replace(/:\d{1,5}$/, ''))
  return address === '' ? undefined : new Peer(address)
}
