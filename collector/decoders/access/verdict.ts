// What became of a request: from Envoy's flags, then its details, then the gRPC status, then the HTTP status.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { CodedText } from '../coded-text.ts'
import type { Refusal } from '../decoder.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import { readWhole } from './numbers.ts'
import { grpcStatusOf, readPolicy, readPolicyId, type Said, saidByDetails, saidByFlags } from './proxy-words.ts'
import { lookUp, TextMemo } from './text-memo.ts'

interface FlagFacts {
  readonly column: CodedText
  readonly said: Said
}

interface DetailFacts {
  readonly reason: CodedText
  readonly said: Said
  readonly policy: CodedText | undefined
}

const httpStatusLimit = 1000

/**
 * `denied`: a policy, an authorizer, 401 or 403 said no. `failed`: the request never reached the service. `allowed`: the
 * caller got through, whatever the service then answered (404 and 500 too, and a client that left before the reply).
 */
export class VerdictWriter {
  private readonly flags = new TextMemo<FlagFacts>((text) => ({ column: new CodedText(text), said: saidByFlags(text) }))
  private readonly longFlags = new TextMemo<Said>(saidByFlags)
  private readonly details = new TextMemo(detailFacts, { texts: 1024, textBytes: 128 })
  private readonly shadowPolicies = new TextMemo<CodedText>((text) => new CodedText(readPolicyId(text)))
  private readonly outcomes = {
    allowed: new CodedText('allowed'),
    denied: new CodedText('denied'),
    failed: new CodedText('failed'),
  }
  private readonly bases = {
    flags: new CodedText('flags'),
    details: new CodedText('details'),
    grpc: new CodedText('grpc'),
    http: new CodedText('http'),
  }
  private readonly shadowDeny = new CodedText('would-deny')
  private readonly shadowAllow = new CodedText('allowed')

  write(entry: AccessEntry, row: EventBatch): Refusal | undefined {
    const { columns } = row
    const at = row.row
    const status = entry.has(field.response_code) ? this.number(entry, field.response_code) : -1
    if (status >= httpStatusLimit || (status < 0 && entry.has(field.response_code)))
      return { reason: 'invalid-field', detail: '"response_code" is no HTTP status' }
    if (status >= 0) columns.httpStatus.set(at, status)
    const grpc = this.grpcStatus(entry)
    if (grpc >= 0) columns.grpcStatus.set(at, grpc)
    let byFlags: Said = ''
    if (entry.has(field.response_flags)) {
      const flags = this.flagFacts(entry)
      flags.column.put(columns.responseFlags, at)
      byFlags = flags.said
    }
    if (byFlags === '' && entry.has(field.flags_long)) byFlags = lookUp(this.longFlags, entry, field.flags_long)
    const details = this.writeDetails(entry, row)
    this.writeOutcome(row, byFlags, details, grpc, status, entry)
    this.writeShadow(entry, row)
    return undefined
  }

  private number(entry: AccessEntry, number: number): number {
    return readWhole(entry.bytes, entry.starts[number] as number, entry.ends[number] as number) // field numbers are in range
  }

  private flagFacts(entry: AccessEntry): FlagFacts {
    return lookUp(this.flags, entry, field.response_flags)
  }

  private grpcStatus(entry: AccessEntry): number {
    if (!entry.has(field.grpc_status)) return -1
    const number = this.number(entry, field.grpc_status)
    return number >= 0 && number <= 99 ? number : grpcStatusOf(entry.text(field.grpc_status))
  }

  /** Reason and policy; a connection's termination counts where the response says nothing. */
  private writeDetails(entry: AccessEntry, row: EventBatch): Said {
    const { columns } = row
    const at = row.row
    let said: Said = ''
    if (entry.has(field.response_code_details)) {
      const facts = lookUp(this.details, entry, field.response_code_details)
      facts.reason.put(columns.outcomeReason, at)
      facts.policy?.put(columns.policy, at)
      said = facts.said
    }
    if (said !== '' || !entry.has(field.connection_termination_details)) return said
    const facts = lookUp(this.details, entry, field.connection_termination_details)
    if (facts.said === '' && entry.has(field.response_code_details)) return ''
    facts.reason.put(columns.outcomeReason, at)
    facts.policy?.put(columns.policy, at)
    return facts.said
  }

  private writeOutcome(
    row: EventBatch,
    flags: Said,
    details: Said,
    grpc: number,
    status: number,
    entry: AccessEntry,
  ): void {
    if (flags !== '') this.put(row, flags, 'flags')
    else if (details !== '') this.put(row, details, 'details')
    else if (grpc === 7 || grpc === 16) this.put(row, 'denied', 'grpc')
    else if (status === 401 || status === 403) this.put(row, 'denied', 'http')
    else if (grpc >= 0) this.put(row, 'allowed', 'grpc')
    else if (status >= 0) this.put(row, 'allowed', 'http')
    else if (isConnection(entry)) this.put(row, 'allowed', 'flags')
  }

  private put(
    row: EventBatch,
    outcome: 'allowed' | 'denied' | 'failed',
    basis: 'flags' | 'details' | 'grpc' | 'http',
  ): void {
    this.outcomes[outcome].put(row.columns.outcome, row.row)
    this.bases[basis].put(row.columns.outcomeBasis, row.row)
  }

  /** A policy in dry run: denied by a DENY policy, or by no rule of an ALLOW policy, would both have been denials. */
  private writeShadow(entry: AccessEntry, row: EventBatch): void {
    const denyPolicy = entry.has(field.rbac_shadow_deny)
    const allowPolicy = entry.has(field.rbac_shadow_allow)
    if (!denyPolicy && !allowPolicy) return
    const deniedByDeny = denyPolicy && entry.text(field.rbac_shadow_deny) === 'denied'
    const deniedByAllow = allowPolicy && entry.text(field.rbac_shadow_allow) === 'denied'
    const denied = deniedByDeny || deniedByAllow
    const word = denied ? this.shadowDeny : this.shadowAllow
    word.put(row.columns.shadowOutcome, row.row)
    const policyField =
      deniedByDeny || (denyPolicy && !deniedByAllow) ? field.rbac_shadow_deny_policy : field.rbac_shadow_allow_policy
    if (entry.has(policyField)) lookUp(this.shadowPolicies, entry, policyField).put(row.columns.shadowPolicy, row.row)
  }
}

/** A TCP entry: bytes or a cluster, and no request. */
function isConnection(entry: AccessEntry): boolean {
  return !entry.has(field.method) && (entry.has(field.upstream_cluster) || entry.has(field.bytes_sent))
}

function detailFacts(text: string): DetailFacts {
  const policy = readPolicy(text)
  return {
    reason: new CodedText(text),
    said: saidByDetails(text),
    policy: policy === '' ? undefined : new CodedText(policy),
  }
}
