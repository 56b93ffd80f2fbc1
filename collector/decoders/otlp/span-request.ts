// What a span's call asked for: method, path and route, sizes and program, of HTTP and of RPC.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { RouteTemplate } from '../access/route-template.ts'
import { TextMemo } from '../access/text-memo.ts'
import { CodedText, codedText } from '../coded-text.ts'
import { cutAt, firstText, putWhole, Words } from './attribute-columns.ts'
import type { AttributeList } from './attribute-list.ts'
import { slot } from './span-slots.ts'

const methods = [slot.method, slot.formerMethod]
const originalMethods = [slot.originalMethod]
const urls = [slot.target, slot.fullUrl, slot.url]
const userAgents = [slot.userAgent, slot.formerUserAgent, slot.envoyUserAgent]
const routes = [slot.route]
const fingerprints = [slot.ja4, slot.ja3]
const versions = [slot.protocolVersion, slot.flavor]
const received = [slot.requestSize, slot.formerRequestSize, slot.envoyRequestSize]
const sent = [slot.responseSize, slot.formerResponseSize, slot.envoyResponseSize]
const resends = [slot.resendCount, slot.formerResendCount]
const maxPathBytes = 2048
const slash = 0x2f
const question = 0x3f

export class SpanRequestWriter {
  private readonly methods = new Words(64)
  private readonly userAgents = new Words(512, { texts: 1024, textBytes: 256 })
  private readonly routes = new Words(200, { texts: 2048, textBytes: 128 })
  private readonly fingerprints = new Words(256)
  private readonly protocols = new TextMemo((version) => new CodedText(protocolOf(version)))
  private readonly envoyProtocols = new Words(64)
  private readonly template = new RouteTemplate()
  private readonly templates = new TextMemo(codedText, { texts: 4096, textBytes: 96 })
  private readonly templateView = new DataView(this.template.bytes.buffer)
  private readonly joined = Buffer.alloc(2 * maxPathBytes + 2)

  write(list: AttributeList, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    const isOther = list.has(slot.originalMethod)
    const named = this.methods.put(list, isOther ? originalMethods : methods, columns.method, at)
    if (named && isOther && list.has(slot.method)) list.say(slot.method)
    if (!this.writePath(list, row)) this.writeRpc(list, row, named)
    this.userAgents.put(list, userAgents, columns.userAgent, at)
    this.fingerprints.put(list, fingerprints, columns.tlsFingerprint, at)
    putWhole(list, received, columns.bytesReceived, at, Number.MAX_SAFE_INTEGER)
    putWhole(list, sent, columns.bytesSent, at, Number.MAX_SAFE_INTEGER)
    const resent = putWhole(list, resends, columns.attempt, at, 1_000_000)
    if (resent >= 0) columns.attempt.set(at, resent + 1)
    this.writeProtocol(list, row)
  }

  /** The path with its query, out of the parts or the whole of an address; false where there is none. */
  private writePath(list: AttributeList, row: EventBatch): boolean {
    const path = list.textPlace(slot.path)
    if (path !== -1) {
      this.writeParts(list, row, path)
      return true
    }
    const url = firstText(list, urls)
    if (url === -1) {
      this.routes.put(list, routes, row.columns.route, row.row)
      return false
    }
    const start = list.starts[url] as number // places are below the count
    const end = list.ends[url] as number // as above
    this.putPath(list, row, list.bytes, pathStart(list.bytes, start, end), end)
    list.said[url] = 1
    return true
  }

  private writeParts(list: AttributeList, row: EventBatch, path: number): void {
    const { joined } = this
    const start = list.starts[path] as number // places are below the count
    const end = list.ends[path] as number // as above
    list.said[path] = 1
    const query = list.textPlace(slot.query)
    if (query === -1) {
      this.putPath(list, row, list.bytes, start, end)
      return
    }
    list.said[query] = 1
    const pathEnd = cutAt(list.bytes, start, end, maxPathBytes)
    const queryStart = list.starts[query] as number // as above
    const queryEnd = cutAt(list.bytes, queryStart, list.ends[query] as number, maxPathBytes) // as above
    joined.set(list.bytes.subarray(start, pathEnd))
    joined[pathEnd - start] = question
    joined.set(list.bytes.subarray(queryStart, queryEnd), pathEnd - start + 1)
    this.putPath(list, row, joined, 0, pathEnd - start + 1 + queryEnd - queryStart)
  }

  private putPath(list: AttributeList, row: EventBatch, bytes: Uint8Array, start: number, end: number): void {
    const { columns } = row
    const to = cutAt(bytes, start, end, maxPathBytes)
    columns.path.setBytes(row.row, bytes, start, to)
    if (this.routes.put(list, routes, columns.route, row.row)) return
    const { template } = this
    template.make(bytes, start, to)
    this.templates.of(this.templateView, 0, template.length).put(columns.route, row.row)
  }

  /** `/package.Service/Method`, as gRPC writes it into a path. Newer conventions have both in the method's name. */
  private writeRpc(list: AttributeList, row: EventBatch, isHttp: boolean): void {
    const method = list.text(slot.rpcMethod)
    if (method === '' || method.length > 512) return
    const service = list.text(slot.rpcService)
    const name = method.includes('/') || service === '' || service.length > 512 ? method : `${service}/${method}`
    list.say(slot.rpcMethod)
    if (service !== '' && name !== method) list.say(slot.rpcService)
    const bytes = Buffer.from(name.startsWith('/') ? name : `/${name}`)
    this.putPath(list, row, bytes, 0, bytes.length)
    if (!isHttp) row.columns.method.setText(row.row, name.slice(name.lastIndexOf('/') + 1))
  }

  /** As proxies write it: `HTTP/1.1`. */
  private writeProtocol(list: AttributeList, row: EventBatch): void {
    const { protocol } = row.columns
    if (this.envoyProtocols.put(list, [slot.envoyProtocol], protocol, row.row)) return
    const place = firstText(list, versions)
    if (place === -1) return
    const name = list.text(slot.protocolName).toLowerCase()
    if (name !== '' && name !== 'http') return
    this.protocols.of(list.view, list.starts[place] as number, list.ends[place] as number).put(protocol, row.row) // places are below the count
    list.said[place] = 1
    if (name !== '') list.say(slot.protocolName)
  }
}

function protocolOf(version: string): string {
  return `HTTP/${version.slice(0, 16)}`
}

/** Where the path of an absolute address begins. */
function pathStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === slash) return start
  for (let at = start; at + 2 < end && at < start + 12; at++) {
    if (bytes[at] !== 0x3a) continue
    if (bytes[at + 1] !== slash || bytes[at + 2] !== slash) return start
    let from = at + 3
    while (from < end && bytes[from] !== slash) from++
    return from
  }
  return start
}
