// What the entry says of the presented token and the certificate that presented it, and to which trace it belongs.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { TextColumn } from '../../../schemas/events/text-column.ts'
import type { TokenClaims } from '../../../schemas/token-reference.ts'
import { CodedText, codedText } from '../coded-text.ts'
import {
  instantOfClaim,
  kindOfClaims,
  presentedIn,
  proofIn,
  tokenIdOf,
  tokenName,
  wordedIdChars,
} from '../presented-token.ts'
import { certificateBinding, keyBinding } from '../token-binding.ts'
import { ClaimedPartyWriter, noClaims } from './claimed-parties.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import { readWhole } from './numbers.ts'
import { lookUp, TextMemo } from './text-memo.ts'

/** Epoch seconds beyond which a claim is no time of ours (year 2286). */
const maxEpochSeconds = 9_999_999_999

export class ClaimWriter {
  private readonly fingerprints = new TextMemo(codedText)
  private readonly certificates = new TextMemo(certificateBinding)
  private readonly claimed = new ClaimedPartyWriter()
  private readonly schemes = { bearer: new CodedText('bearer'), dpop: new CodedText('dpop') }

  /** The parties that claims name are written already, unless the entry carries a reference to the token itself. */
  write(entry: AccessEntry, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    const claims = entry.has(field.authorization) ? this.writeReference(entry, row) : noClaims
    putText(entry, columns.subject, at, field.jwt_sub, claims.sub)
    putText(entry, columns.session, at, field.jwt_sid, claims.sid)
    this.writeTokenId(entry, row, claims)
    const issued = instantOf(entry, field.jwt_iat, claims.iat)
    if (issued >= 0) columns.tokenIssuedAt.set(at, issued)
    const expires = instantOf(entry, field.jwt_exp, claims.exp)
    if (expires >= 0) columns.tokenExpiresAt.set(at, expires)
    const binding = bindingOf(entry, claims)
    if (binding !== '') columns.tokenBinding.setText(at, binding)
    this.writePresenter(entry, row)
    if (entry.has(field.ja4)) lookUp(this.fingerprints, entry, field.ja4).put(columns.tlsFingerprint, at)
    this.writeTrace(entry, row)
  }

  /** Names the token by its reference, and whom its claims name; gives those claims. */
  private writeReference(entry: AccessEntry, row: EventBatch): TokenClaims {
    const presented = presentedIn(entry.text(field.authorization))
    if (presented === undefined) {
      entry.keep(field.authorization)
      this.claimed.write(entry, row)
      return noClaims
    }
    const { reference, scheme } = presented
    row.columns.token.setText(row.row, tokenName(reference))
    if (scheme !== '') this.schemes[scheme].put(row.columns.tokenScheme, row.row)
    const { claims } = reference
    // Behind another scheme stands a password or a key.
    const isToken = scheme !== '' || claims !== undefined
    this.claimed.write(entry, row, claims ?? noClaims, isToken ? kindOfClaims(claims) || 'access-token' : '')
    return claims ?? noClaims
  }

  private writeTokenId(entry: AccessEntry, row: EventBatch, claims: TokenClaims): void {
    const { tokenId } = row.columns
    const length = (entry.ends[field.jwt_jti] as number) - (entry.starts[field.jwt_jti] as number) // field numbers are in range
    if (length === wordedIdChars) tokenId.setText(row.row, tokenIdOf(entry.text(field.jwt_jti)))
    else putText(entry, tokenId, row.row, field.jwt_jti, claims.jti === undefined ? undefined : tokenIdOf(claims.jti))
  }

  /** The key of a proof names the presenter before the certificate, which in a mesh is that of any hop. */
  private writePresenter(entry: AccessEntry, row: EventBatch): void {
    const { proofId, presenterBinding } = row.columns
    const proof = entry.has(field.dpop) ? proofIn(entry.text(field.dpop)) : undefined
    if (proof !== undefined && proof.id !== '') proofId.setText(row.row, proof.id)
    if (proof === undefined && entry.has(field.dpop)) entry.keep(field.dpop)
    if (proof !== undefined && proof.binding !== '') {
      presenterBinding.setText(row.row, proof.binding)
      if (entry.has(field.client_cert_sha256)) entry.keep(field.client_cert_sha256)
    } else if (entry.has(field.client_cert_sha256))
      presenterBinding.setText(row.row, lookUp(this.certificates, entry, field.client_cert_sha256))
  }

  /** A trace id as it is, or out of a `traceparent` header (W3C Trace Context §3.2). */
  private writeTrace(entry: AccessEntry, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    if (entry.has(field.trace_id)) {
      const start = entry.starts[field.trace_id] as number // field numbers are in range
      const end = entry.ends[field.trace_id] as number // as above
      if (isTraceparent(entry.bytes, start, end)) {
        columns.traceId.setFrom(at, entry.view, start + 3, start + 35)
        if (!entry.has(field.span_id)) columns.spanId.setFrom(at, entry.view, start + 36, start + 52)
      } else if (isLowerHex(entry.bytes, start, end)) columns.traceId.setFrom(at, entry.view, start, end)
      else columns.traceId.setText(at, entry.text(field.trace_id).toLowerCase())
    }
    if (entry.has(field.span_id)) columns.spanId.setText(at, entry.text(field.span_id).toLowerCase())
  }
}

/** A claim that the proxy verified, else what the token says; a number that is no instant is kept as it was written. */
function instantOf(entry: AccessEntry, number: number, claim: number | undefined): number {
  if (!entry.has(number)) return instantOfClaim(claim)
  const seconds = readWhole(entry.bytes, entry.starts[number] as number, entry.ends[number] as number) // field numbers are in range
  if (seconds >= 0 && seconds <= maxEpochSeconds) return seconds * 1000
  entry.keep(number)
  return -1
}

function putText(entry: AccessEntry, column: TextColumn, at: number, number: number, claim: string | undefined): void {
  if (entry.has(number))
    column.setFrom(at, entry.view, entry.starts[number] as number, entry.ends[number] as number) // field numbers are in range
  else if (claim) column.setText(at, claim)
}

function bindingOf(entry: AccessEntry, claims: TokenClaims): string {
  if (entry.has(field.jwt_cnf_x5t)) return certificateBinding(entry.text(field.jwt_cnf_x5t))
  if (entry.has(field.jwt_cnf_jkt)) return keyBinding(entry.text(field.jwt_cnf_jkt))
  const certificate = claims.cnf?.['x5t#S256'] ?? ''
  return certificate !== '' ? certificateBinding(certificate) : keyBinding(claims.cnf?.jkt ?? '')
}

function isTraceparent(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 55 &&
    bytes[start + 2] === 0x2d &&
    bytes[start + 35] === 0x2d &&
    bytes[start + 52] === 0x2d &&
    isLowerHex(bytes, start + 3, start + 35) &&
    isLowerHex(bytes, start + 36, start + 52)
  )
}

/** 0 for lower-case hex digits: added up, they tell without a branch for each byte. */
const notHex = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9a-f]/.test(String.fromCharCode(byte)) ? 0 : 1))

function isLowerHex(bytes: Uint8Array, start: number, end: number): boolean {
  let others = 0
  for (let at = start; at < end; at++) others |= notHex[bytes[at] as number] as number // within the range
  return others === 0
}
