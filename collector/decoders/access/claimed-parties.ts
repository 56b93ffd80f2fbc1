// Whom a token names: issuer, subject, session, client and scope, and from where each name comes.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { type TokenKind, tokenKinds } from '../../../schemas/events/token-words.ts'
import type { TokenClaims } from '../../../schemas/token-reference.ts'
import { CodedText, codedText } from '../coded-text.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import { ProvenanceWords } from './party.ts'
import { lookUp, TextMemo } from './text-memo.ts'

export const noClaims: TokenClaims = {}

/** Any of these says that the proxy looked into a token. */
const describing = [field.jwt_sub, field.jwt_sid, field.jwt_azp, field.jwt_jti, field.jwt_iss, field.jwt_exp] as const

export class ClaimedPartyWriter {
  private readonly issuers = new TextMemo(codedText)
  private readonly clients = new TextMemo(codedText)
  private readonly scopes = new TextMemo(codedText)
  private readonly subjectFrom = new ProvenanceWords()
  private readonly clientFrom = new ProvenanceWords()
  private readonly sessionFrom = new ProvenanceWords()
  private readonly tokenFrom = new ProvenanceWords()
  private readonly kinds = Object.fromEntries(tokenKinds.map((kind) => [kind, new CodedText(kind)])) as Readonly<
    Record<TokenKind, CodedText>
  > // one text for each word

  /**
   * A claim that the proxy verified, else what the token says of itself: `claims` of the reference in the row, if any.
   * What a request presents to a service is an access token, unless the reference says otherwise.
   */
  write(entry: AccessEntry, row: EventBatch, claims = noClaims, kind: TokenKind = 'access-token'): void {
    const { columns } = row
    const at = row.row
    const subject = entry.has(field.jwt_sub) ? 'jwt' : claims.sub && 'asserted'
    if (subject) this.subjectFrom.put(columns.subjectFrom, at, subject)
    const session = entry.has(field.jwt_sid) ? 'jwt' : claims.sid && 'asserted'
    if (session) this.sessionFrom.put(columns.sessionFrom, at, session)
    const client = claims.azp ?? claims.client_id ?? ''
    if (entry.has(field.jwt_azp)) {
      lookUp(this.clients, entry, field.jwt_azp).put(columns.client, at)
      this.clientFrom.put(columns.clientFrom, at, 'jwt')
    } else if (client !== '') {
      columns.client.setText(at, client)
      this.clientFrom.put(columns.clientFrom, at, 'asserted')
    }
    if (entry.has(field.jwt_iss)) lookUp(this.issuers, entry, field.jwt_iss).put(columns.tokenIssuer, at)
    else if (claims.iss) columns.tokenIssuer.setText(at, claims.iss)
    if (entry.has(field.jwt_scope)) lookUp(this.scopes, entry, field.jwt_scope).put(columns.scope, at)
    else if (claims.scope) columns.scope.setText(at, claims.scope)
    if (describing.some((one) => entry.has(one))) this.tokenFrom.put(columns.tokenFrom, at, 'jwt')
    else if (columns.token.length > at) this.tokenFrom.put(columns.tokenFrom, at, 'asserted')
    else return
    if (kind !== '') this.kinds[kind].put(columns.tokenKind, at)
  }
}
