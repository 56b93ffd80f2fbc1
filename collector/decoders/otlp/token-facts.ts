// What a span says of the token that was presented: the reference that stands where the credential stood, and its claims.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { TokenClaims } from '../../../schemas/token-reference.ts'
import { type MemoSize, TextMemo } from '../access/text-memo.ts'
import { CodedText } from '../coded-text.ts'
import type { Refusal } from '../decoder.ts'
import { instantOfClaim, kindOfClaims, presentedIn, proofIn, tokenIdOf, tokenName } from '../presented-token.ts'
import { certificateBinding, keyBinding } from '../token-binding.ts'
import { firstText, hiddenIn } from './attribute-columns.ts'
import type { AttributeList } from './attribute-list.ts'
import { slot } from './span-slots.ts'

const authorizations = [slot.authorization, slot.grpcAuthorization, slot.formerGrpcAuthorization]
const proofs = [slot.proof]
const references: MemoSize = { texts: 256, textBytes: 1280 }

interface PresentedToken {
  readonly name: string
  readonly scheme: CodedText
  readonly kind: CodedText
  readonly claims: TokenClaims
  readonly issuer: CodedText
  readonly scope: CodedText
  readonly client: CodedText
  readonly binding: string
  /** Epoch ms, or −1. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly refusal: Refusal | undefined
}

/** Of the token itself; subject, client and session are written by what else names them, if anything does. */
export class TokenWriter {
  private readonly tokens = new TextMemo(presentedToken, references)
  private readonly proofs = new TextMemo(proofIn, references)
  private readonly from = new CodedText('asserted')
  private readonly clientFrom = new CodedText('asserted')
  /** Claims of the token that was written last. */
  claims: TokenClaims = {}

  write(list: AttributeList, row: EventBatch): Refusal | undefined {
    this.claims = {}
    this.writeProof(list, row)
    const place = firstText(list, authorizations)
    if (place === -1) return undefined
    const token = this.tokens.of(list.view, list.starts[place] as number, list.ends[place] as number) // places are below the count
    if (token === undefined) return undefined
    if (token.refusal !== undefined) return token.refusal
    list.said[place] = 1
    this.claims = token.claims
    this.put(token, row)
    return undefined
  }

  private put(token: PresentedToken, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    const { claims } = token
    columns.token.setText(at, token.name)
    this.from.put(columns.tokenFrom, at)
    token.kind.put(columns.tokenKind, at)
    token.scheme.put(columns.tokenScheme, at)
    token.issuer.put(columns.tokenIssuer, at)
    token.scope.put(columns.scope, at)
    if (claims.jti) columns.tokenId.setText(at, tokenIdOf(claims.jti))
    if (token.binding !== '') columns.tokenBinding.setText(at, token.binding)
    if (token.issuedAt >= 0) columns.tokenIssuedAt.set(at, token.issuedAt)
    if (token.expiresAt >= 0) columns.tokenExpiresAt.set(at, token.expiresAt)
    if (token.client.text === '') return
    token.client.put(columns.client, at)
    this.clientFrom.put(columns.clientFrom, at)
  }

  /** A proof of possession names the key that presented the token (RFC 9449). */
  private writeProof(list: AttributeList, row: EventBatch): void {
    const place = firstText(list, proofs)
    if (place === -1) return
    const proof = this.proofs.of(list.view, list.starts[place] as number, list.ends[place] as number) // as above
    if (proof === undefined || hiddenIn(proof.id) !== undefined || hiddenIn(proof.binding) !== undefined) return
    list.said[place] = 1
    if (proof.id !== '') row.columns.proofId.setText(row.row, proof.id)
    if (proof.binding !== '') row.columns.presenterBinding.setText(row.row, proof.binding)
  }
}

function presentedToken(text: string): PresentedToken | undefined {
  const presented = presentedIn(text)
  if (presented === undefined) return undefined
  const { reference, scheme } = presented
  const { claims = {} } = reference
  const { iss = '', scope = '', sub = '', sid = '', jti = '' } = claims
  const client = claims.azp ?? claims.client_id ?? ''
  const { jkt = '', 'x5t#S256': x5t = '' } = claims.cnf ?? {}
  // Behind another scheme stands a password or a key.
  const isToken = scheme !== '' || reference.claims !== undefined
  return {
    name: tokenName(reference),
    scheme: new CodedText(scheme),
    kind: new CodedText(isToken ? kindOfClaims(claims) || 'access-token' : ''),
    claims,
    issuer: new CodedText(iss),
    scope: new CodedText(scope),
    client: new CodedText(client),
    binding: certificateBinding(x5t) || keyBinding(jkt),
    issuedAt: instantOfClaim(claims.iat),
    expiresAt: instantOfClaim(claims.exp),
    refusal: [iss, scope, sub, sid, jti, client, jkt, x5t].map(hiddenIn).find((one) => one !== undefined),
  }
}
