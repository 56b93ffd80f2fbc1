// What a request was and what became of it, as far as few words say it: method, protocol, client program and verdict.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { codedText } from '../coded-text.ts'
import type { Refusal } from '../decoder.ts'
import type { AccessEntry } from './entry.ts'
import { type AccessFieldName, field } from './fields.ts'
import type { ShapeWriter } from './shape-memo.ts'
import { lookUp, TextMemo } from './text-memo.ts'
import { VerdictWriter } from './verdict.ts'

/** The fields whose values it looks at. */
export const wordFields: readonly AccessFieldName[] = [
  'method',
  'protocol',
  'user_agent',
  'response_code',
  'response_flags',
  'flags_long',
  'response_code_details',
  'connection_termination_details',
  'grpc_status',
  'rbac_shadow_deny',
  'rbac_shadow_deny_policy',
  'rbac_shadow_allow',
  'rbac_shadow_allow_policy',
]

export class WordWriter implements ShapeWriter<Refusal | undefined> {
  readonly kind = 0
  private readonly methods = new TextMemo(codedText)
  private readonly protocols = new TextMemo(codedText)
  private readonly userAgents = new TextMemo(codedText, { texts: 1024, textBytes: 256 })
  private readonly verdict = new VerdictWriter()

  /** Gives why the entry is no good. */
  write(entry: AccessEntry, row: EventBatch): Refusal | undefined {
    const { columns } = row
    const at = row.row
    const refusal = this.verdict.write(entry, row)
    if (refusal !== undefined) return refusal
    if (entry.has(field.method)) lookUp(this.methods, entry, field.method).put(columns.method, at)
    if (entry.has(field.protocol)) lookUp(this.protocols, entry, field.protocol).put(columns.protocol, at)
    if (entry.has(field.user_agent)) lookUp(this.userAgents, entry, field.user_agent).put(columns.userAgent, at)
    return undefined
  }
}
