// Writes one span into the row under way: who and what its columns say, and the rest as attributes.

import { isUtf8 } from 'node:buffer'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { TokenClaims } from '../../../schemas/token-reference.ts'
import { type MemoSize, TextMemo } from '../access/text-memo.ts'
import { CodedText, codedText } from '../coded-text.ts'
import type { Refusal } from '../decoder.ts'
import { latestInstantMs } from '../instant.ts'
import { certificateBinding } from '../token-binding.ts'
import { workloadIdentity } from '../workload-name.ts'
import { cutAt, firstText, nameProblem, putName, Words } from './attribute-columns.ts'
import type { AttributeList } from './attribute-list.ts'
import type { ResourceFacts } from './resources.ts'
import type { SpanEntry } from './span-entry.ts'
import { SpanExtrasWriter } from './span-extras.ts'
import { SpanOutcomeWriter } from './span-outcome.ts'
import { SpanPartyWriter } from './span-parties.ts'
import { SpanRequestWriter } from './span-request.ts'
import { slot } from './span-slots.ts'
import { TokenWriter } from './token-facts.ts'
import { writeHex } from './wire.ts'

const users = [slot.user, slot.endUser]
const roles = [slot.userRoles, slot.endUserRole]
const sessions = [slot.session]
const devices = [slot.device]
const requestIds = [slot.requestId, slot.requestIdHeader, slot.formerRequestIdHeader]
const names: MemoSize = { texts: 2048, textBytes: 128 }
const maxNameBytes = 512

export class SpanWriter {
  private readonly parties = new SpanPartyWriter()
  private readonly request = new SpanRequestWriter()
  private readonly outcome = new SpanOutcomeWriter()
  private readonly token = new TokenWriter()
  private readonly extras: SpanExtrasWriter
  private readonly spanNames = new TextMemo(codedText, names)
  private readonly roles = new Words(128)
  private readonly services = new Words(253)
  private readonly namespaces = new Words(253)
  private readonly tagged = new Map<string, ResourceFacts>()
  private readonly field = new CodedText('field')
  private readonly asserted = new CodedText('asserted')
  private readonly sessionFrom = { field: new CodedText('field'), asserted: new CodedText('asserted') }
  private readonly hex = new Uint8Array(32)

  constructor(maxValues: number) {
    this.extras = new SpanExtrasWriter(maxValues)
  }

  /** Sets the columns of the row under way, or says why the span is no good; it does not commit the row. */
  write(entry: SpanEntry, row: EventBatch, facts: ResourceFacts, scope: Uint8Array): Refusal | undefined {
    const { attributes: list } = entry
    const refusal = this.writeSpan(entry, row)
    if (refusal !== undefined) return refusal
    const reporting = list.has(slot.canonicalService) ? this.writeTagged(list, row, facts) : facts
    if (facts.environment.text !== '') facts.environment.put(row.columns.environment, row.row)
    this.parties.write(entry, row, reporting)
    this.request.write(list, row)
    this.outcome.write(entry, row)
    return (
      this.token.write(list, row) ??
      this.writePeople(list, row, this.token.claims) ??
      putName(list, requestIds, row.columns.requestId, row.row) ??
      putName(list, devices, row.columns.device, row.row) ??
      this.extras.write(entry, row, facts.rest, scope)
    )
  }

  /** What belongs to the span itself: ids, name and times. */
  private writeSpan(entry: SpanEntry, row: EventBatch): Refusal | undefined {
    const { columns } = row
    const at = row.row
    const { bytes, nameStart, nameEnd, startedAt, tookMs } = entry
    if (!isText(bytes, nameStart, nameEnd) || !isText(bytes, entry.messageStart, entry.messageEnd))
      return { reason: 'invalid-utf8', detail: 'its name or the message of its status is not UTF-8 text' }
    if (startedAt > latestInstantMs) return { reason: 'invalid-time', detail: 'it starts after the year 2299' }
    this.writeIds(entry, row)
    if (entry.parentSpanId !== -1) this.putHex(columns.parentSpanId, at, bytes, entry.parentSpanId, 8)
    if (startedAt >= 0) columns.eventAt.set(at, startedAt)
    if (tookMs >= 0) columns.durationMs.set(at, tookMs)
    if (nameEnd === nameStart) return undefined
    const end = cutAt(bytes, nameStart, nameEnd, maxNameBytes)
    this.spanNames.of(entry.attributes.view, nameStart, end).put(columns.spanName, at)
    return undefined
  }

  writeIds({ bytes, traceId, spanId }: SpanEntry, row: EventBatch): void {
    this.putHex(row.columns.traceId, row.row, bytes, traceId, 16)
    this.putHex(row.columns.spanId, row.row, bytes, spanId, 8)
  }

  private putHex(
    column: EventBatch['columns']['traceId'],
    row: number,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): void {
    writeHex(this.hex, bytes, start, start + length)
    column.setBytes(row, this.hex, 0, length * 2)
  }

  /** Istio's tags name the workload whose proxy made the span, on the span itself. */
  private writeTagged(list: AttributeList, row: EventBatch, facts: ResourceFacts): ResourceFacts {
    const { columns } = row
    const name = list.text(slot.canonicalService)
    if (name === 'unknown' || !this.services.put(list, [slot.canonicalService], columns.workload, row.row)) return facts
    const namespace = list.text(slot.istioNamespace)
    this.namespaces.put(list, [slot.istioNamespace], columns.namespace, row.row)
    const identity = workloadIdentity(name, namespace)
    if (identity === facts.identity) return facts
    const key = `${facts.isIngress ? 'ingress' : ''}/${identity}`
    let tagged = this.tagged.get(key)
    if (tagged === undefined) {
      if (this.tagged.size >= names.texts) this.tagged.clear()
      tagged = { ...facts, identity, asCaller: new CodedText(identity), asDestination: new CodedText(identity) }
      this.tagged.set(key, tagged)
    }
    return tagged
  }

  /** Who it was for: what the span says, else what the token claims. */
  private writePeople(list: AttributeList, row: EventBatch, claims: TokenClaims): Refusal | undefined {
    const { columns } = row
    const at = row.row
    const refusal = putName(list, users, columns.subject, at) ?? putName(list, sessions, columns.session, at)
    if (refusal !== undefined) return refusal
    if (columns.subject.length > at) this.field.put(columns.subjectFrom, at)
    else if (claims.sub) {
      columns.subject.setText(at, claims.sub)
      this.asserted.put(columns.subjectFrom, at)
    }
    if (columns.session.length > at) this.sessionFrom.field.put(columns.sessionFrom, at)
    else if (claims.sid) {
      columns.session.setText(at, claims.sid)
      this.sessionFrom.asserted.put(columns.sessionFrom, at)
    }
    this.roles.put(list, roles, columns.actorRole, at)
    const certificate = list.has(slot.clientCertificate) ? list.text(slot.clientCertificate) : ''
    if (certificate === '' || columns.presenterBinding.length > at) return undefined
    const place = firstText(list, [slot.clientCertificate])
    list.say(slot.clientCertificate)
    columns.presenterBinding.setText(at, certificateBinding(certificate))
    return nameProblem(list.bytes, list.starts[place] as number, list.ends[place] as number) // a text that was read
  }
}

function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return isUtf8(bytes.subarray(start, end)) // within the range
  return true
}
