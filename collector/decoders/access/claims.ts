// What the entry says of the presented token and the certificate that presented it, and to which trace it belongs.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { TextColumn } from '../../../schemas/events/text-column.ts'
import { referenceAt, referencePrefix, type TokenClaims } from '../../../schemas/token-reference.ts'
import { codedText } from '../coded-text.ts'
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

  /** The parties that claims name are written already, unless the entry carries a reference to the token itself. */
  write(entry: AccessEntry, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    const isReferred = entry.has(field.authorization)
    const claims = isReferred ? this.writeReference(entry, row) : noClaims
    if (isReferred) this.claimed.write(entry, row, claims)
    putText(entry, columns.subject, at, field.jwt_sub, claims.sub)
    putText(entry, columns.session, at, field.jwt_sid, claims.sid)
    putText(entry, columns.tokenId, at, field.jwt_jti, claims.jti)
    const expires = this.expiry(entry, claims)
    if (expires >= 0) columns.tokenExpiresAt.set(at, expires)
    const binding = bindingOf(entry, claims)
    if (binding !== '') columns.tokenBinding.setText(at, binding)
    if (entry.has(field.client_cert_sha256))
      columns.presenterBinding.setText(at, lookUp(this.certificates, entry, field.client_cert_sha256))
    if (entry.has(field.ja4)) lookUp(this.fingerprints, entry, field.ja4).put(columns.tlsFingerprint, at)
    this.writeTrace(entry, row)
  }

  /** Names the token by its reference; gives the claims that the reference carries. */
  private writeReference(entry: AccessEntry, row: EventBatch): TokenClaims {
    const text = entry.text(field.authorization)
    const start = text.indexOf(referencePrefix)
    const found = start === -1 ? undefined : referenceAt(text, start)
    if (found === undefined) {
      entry.keep(field.authorization)
      return noClaims
    }
    const { keyId, hash, claims } = found.reference
    row.columns.token.setText(row.row, `${keyId}.${hash}`)
    return claims ?? noClaims
  }

  private expiry(entry: AccessEntry, claims: TokenClaims): number {
    let seconds = claims.exp === undefined ? -1 : Math.floor(claims.exp)
    if (entry.has(field.jwt_exp)) {
      seconds = readWhole(entry.bytes, entry.starts[field.jwt_exp] as number, entry.ends[field.jwt_exp] as number) // field numbers are in range
      if (seconds < 0 || seconds > maxEpochSeconds) entry.keep(field.jwt_exp)
    }
    return seconds >= 0 && seconds <= maxEpochSeconds ? seconds * 1000 : -1
  }

  /** A trace id as it is, or out of a `traceparent` header (W3C Trace Context §3.2). */
  private writeTrace(entry: AccessEntry, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    if (entry.has(field.trace_id)) {
      const start = entry.starts[field.trace_id] as number // field numbers are in range
      const end = entry.ends[field.trace_id] as number // as above
      if (isTraceparent(entry.bytes, start, end)) {
        columns.traceId.setBytes(at, entry.bytes, start + 3, start + 35)
        if (!entry.has(field.span_id)) columns.spanId.setBytes(at, entry.bytes, start + 36, start + 52)
      } else if (isLowerHex(entry.bytes, start, end)) columns.traceId.setBytes(at, entry.bytes, start, end)
      else columns.traceId.setText(at, entry.text(field.trace_id).toLowerCase())
    }
    if (entry.has(field.span_id)) columns.spanId.setText(at, entry.text(field.span_id).toLowerCase())
  }
}

function putText(entry: AccessEntry, column: TextColumn, at: number, number: number, claim: string | undefined): void {
  if (entry.has(number))
    column.setBytes(at, entry.bytes, entry.starts[number] as number, entry.ends[number] as number) // field numbers are in range
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
