// From which address to which a request went, and the parties that nothing but an address tells.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { CodedText } from '../coded-text.ts'
import { serviceOfHost } from '../workload-name.ts'
import { addressOf, portOfAddress } from './addresses.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import type { PartyFacts } from './parties.ts'
import { ProvenanceWords, partyOf, provenanceOf } from './party.ts'
import { Peer } from './peer.ts'
import { lookUp, type MemoSize, TextMemo } from './text-memo.ts'

const manyAddresses: MemoSize = { texts: 8192, textBytes: 40 }
const fewAddresses: MemoSize = { texts: 2048, textBytes: 48 }

export class AddressWriter {
  private readonly peers = new TextMemo(peerOf, manyAddresses)
  private readonly localPorts = new TextMemo(portOfAddress, fewAddresses)
  private readonly hosts = new TextMemo((text) => partyOf(serviceOfHost(text)), fewAddresses)
  private readonly forwarded = new TextMemo(forwardedFor, manyAddresses)
  private readonly provenances = new ProvenanceWords()
  private readonly destinationProvenances = new ProvenanceWords()
  private portBytes = 6

  write(entry: AccessEntry, row: EventBatch, { reporter, namesCaller, namesDestination }: PartyFacts): void {
    this.writePort(entry, row)
    const peer = this.writePeer(entry, row)
    this.writeClient(entry, row, peer, reporter === 'gateway')
    if (!namesCaller && peer !== undefined) {
      peer.putCaller(row.columns.caller, row.row)
      this.provenances.put(row.columns.callerFrom, row.row, 'ip')
    }
    if (!namesDestination) this.writeServer(entry, row, reporter === 'destination')
  }

  private writePort(entry: AccessEntry, row: EventBatch): void {
    if (!entry.has(field.downstream_local_address)) return
    const port = lookUp(this.localPorts, entry, field.downstream_local_address)
    if (port >= 0) row.columns.port.set(row.row, port)
    else entry.keep(field.downstream_local_address)
  }

  /** The peer's replica is its address. Gives the peer, where it has an address. */
  private writePeer(entry: AccessEntry, row: EventBatch): Peer | undefined {
    if (!entry.has(field.downstream_remote_address)) return undefined
    const start = entry.starts[field.downstream_remote_address] as number // field numbers are in range
    const end = entry.ends[field.downstream_remote_address] as number // as above
    const peer = this.peers.of(entry.view, start, this.endOfHost(entry.bytes, start, end))
    if (peer === undefined) entry.keep(field.downstream_remote_address)
    else peer.putAddress(row.columns, row.row)
    return peer
  }

  /** The first address that the request says it came through; of a gateway without that header, its own peer. */
  private writeClient(entry: AccessEntry, row: EventBatch, peer: Peer | undefined, isGateway: boolean): void {
    const { clientIp } = row.columns
    if (!entry.has(field.x_forwarded_for)) {
      if (isGateway) peer?.putClient(clientIp, row.row)
      return
    }
    const { first, saysMore } = lookUp(this.forwarded, entry, field.x_forwarded_for)
    first?.put(clientIp, row.row)
    if (saysMore) entry.keep(field.x_forwarded_for)
  }

  private writeServer(entry: AccessEntry, row: EventBatch, isItself: boolean): void {
    const server = isItself ? field.downstream_local_address : field.upstream_host
    const address = entry.has(server) ? server : field.downstream_local_address
    if (!entry.has(address)) return
    const host = lookUp(this.hosts, entry, address)
    if (host.identity === '') return
    host.column.put(row.columns.destination, row.row)
    this.destinationProvenances.put(row.columns.destinationFrom, row.row, provenanceOf(host))
  }

  /** Where the `:port` of an address begins, or its end; most ports of a kind have as many digits as the one before. */
  private endOfHost(bytes: Uint8Array, start: number, end: number): number {
    const guess = end - this.portBytes
    if (guess > start && bytes[guess] === 0x3a) return guess
    for (let at = end - 2; at > start && at >= end - 6; at--) {
      if (bytes[at] !== 0x3a) continue
      this.portBytes = end - at
      return at
    }
    return end
  }
}

/** Of an address without its port; undefined where it is none, but a name or a pipe. */
function peerOf(host: string): Peer | undefined {
  const address = addressOf(host)
  return address === '' ? undefined : new Peer(address)
}

interface Forwarded {
  readonly first: CodedText | undefined
  /** There is more in it than that address. */
  readonly saysMore: boolean
}

function forwardedFor(text: string): Forwarded {
  const first = addressOf(text.split(',', 1)[0]?.trim() ?? '')
  return { first: first === '' ? undefined : new CodedText(first), saysMore: first !== text.toLowerCase() }
}
