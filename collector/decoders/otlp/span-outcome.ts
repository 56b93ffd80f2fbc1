// What became of a span's call: from Envoy's flags, then the gRPC status, then the HTTP status, at last the span's own.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { grpcStatusOf, readPolicyId, type Said, saidByFlags } from '../access/proxy-words.ts'
import { TextMemo } from '../access/text-memo.ts'
import { CodedText } from '../coded-text.ts'
import { cutAt, Words } from './attribute-columns.ts'
import type { AttributeList } from './attribute-list.ts'
import { type SpanEntry, statusCodes } from './span-entry.ts'
import { slot } from './span-slots.ts'

const httpStatuses = [slot.status, slot.formerStatus]
const grpcStatuses = [slot.rpcStatus, slot.grpcStatus, slot.envoyGrpcStatus]
const errorTypes = [slot.errorType]
const maxHttpStatus = 999
const maxReasonBytes = 400

interface Flags {
  readonly column: CodedText
  readonly said: Said
}

/** Who got through was `allowed`, whatever the service then answered: as with access logs. */
export class SpanOutcomeWriter {
  private readonly flags = new TextMemo<Flags>((text) => ({ column: new CodedText(text), said: saidByFlags(text) }))
  private readonly reasons = new Words(200)
  private readonly messages = new TextMemo((text) => new CodedText(text), { texts: 512, textBytes: 128 })
  private readonly policies = new TextMemo((text) => new CodedText(readPolicyId(text)), { texts: 512, textBytes: 128 })
  private readonly outcomes = {
    allowed: new CodedText('allowed'),
    denied: new CodedText('denied'),
    failed: new CodedText('failed'),
  }
  private readonly bases = {
    flags: new CodedText('flags'),
    grpc: new CodedText('grpc'),
    http: new CodedText('http'),
    field: new CodedText('field'),
  }
  private readonly wouldDeny = new CodedText('would-deny')
  private readonly wouldAllow = new CodedText('allowed')

  write(entry: SpanEntry, row: EventBatch): void {
    const { attributes: list } = entry
    const flags = this.writeFlags(list, row)
    const grpc = writeGrpcStatus(list, row)
    const status = writeHttpStatus(list, row)
    if (flags !== '') this.put(row, flags, 'flags')
    else if (grpc === 7 || grpc === 16) this.put(row, 'denied', 'grpc')
    else if (status === 401 || status === 403) this.put(row, 'denied', 'http')
    else if (grpc >= 0) this.put(row, 'allowed', 'grpc')
    else if (status >= 0) this.put(row, 'allowed', 'http')
    else if (entry.status === statusCodes.error) this.put(row, 'failed', 'field')
    else if (entry.status === statusCodes.ok) this.put(row, 'allowed', 'field')
    this.writeReason(entry, row)
    this.writeShadow(list, row)
  }

  private writeFlags(list: AttributeList, row: EventBatch): Said {
    const place = list.textPlace(slot.responseFlags)
    if (place === -1) return ''
    const flags = this.flags.of(list.view, list.starts[place] as number, list.ends[place] as number) // places are below the count
    flags.column.put(row.columns.responseFlags, row.row)
    list.said[place] = 1
    return flags.said
  }

  private put(
    row: EventBatch,
    outcome: 'allowed' | 'denied' | 'failed',
    basis: 'flags' | 'grpc' | 'http' | 'field',
  ): void {
    this.outcomes[outcome].put(row.columns.outcome, row.row)
    this.bases[basis].put(row.columns.outcomeBasis, row.row)
  }

  /** The message of its status, else the type of its error. */
  private writeReason(entry: SpanEntry, row: EventBatch): void {
    const { attributes: list, messageStart, messageEnd } = entry
    const { outcomeReason } = row.columns
    if (messageEnd > messageStart) {
      const end = cutAt(list.bytes, messageStart, messageEnd, maxReasonBytes)
      this.messages.of(list.view, messageStart, end).put(outcomeReason, row.row)
    } else this.reasons.put(list, errorTypes, outcomeReason, row.row)
  }

  /** A policy in dry run: denied by a DENY policy, or by no rule of an ALLOW policy, would both have been denials. */
  private writeShadow(list: AttributeList, row: EventBatch): void {
    const deny = list.text(slot.shadowDeny)
    const allow = list.text(slot.shadowAllow)
    if (deny === '' && allow === '') return
    const { shadowOutcome, shadowPolicy } = row.columns
    if (deny !== '') list.say(slot.shadowDeny)
    if (allow !== '') list.say(slot.shadowAllow)
    const word = deny === 'denied' || allow === 'denied' ? this.wouldDeny : this.wouldAllow
    word.put(shadowOutcome, row.row)
    const policy = deny === 'denied' || allow !== 'denied' ? slot.shadowDenyPolicy : slot.shadowAllowPolicy
    const place = list.textPlace(policy)
    if (place === -1) return
    this.policies.of(list.view, list.starts[place] as number, list.ends[place] as number).put(shadowPolicy, row.row) // as above
    list.said[place] = 1
  }
}

function writeHttpStatus(list: AttributeList, row: EventBatch): number {
  for (const one of httpStatuses) {
    const status = list.whole(one)
    if (status < 0 || status > maxHttpStatus) continue
    row.columns.httpStatus.set(row.row, status)
    list.say(one)
    return status
  }
  return -1
}

/** By its number or by its name. */
function writeGrpcStatus(list: AttributeList, row: EventBatch): number {
  for (const one of grpcStatuses) {
    if (!list.has(one)) continue
    const number = list.whole(one)
    const status = number >= 0 && number <= 99 ? number : grpcStatusOf(list.text(one))
    if (status < 0) continue
    row.columns.grpcStatus.set(row.row, status)
    list.say(one)
    return status
  }
  return -1
}
