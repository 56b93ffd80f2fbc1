// The tokens that a line of the bridge names: by a hash that the bridge made, by their own id, or by our reference.

import { writeClaims } from '../application/identities.ts'
import { objectIn } from '../envelopes/kubernetes.ts'
import type { EventDraft } from '../event-draft.ts'
import { presentedIn, tokenIdOf, tokenName } from '../presented-token.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { certificateBinding, keyBinding } from '../token-binding.ts'

/** Fields that hold a presented token where it was sent as it is: the scrubber has put its reference there. */
const presentedFields = ['refresh_token', 'authorization_code', 'access_token', 'token'] as const
const kinds = new Set(['access-token', 'refresh-token', 'authorization-code'])

export function writePresented(presented: JsonObject, draft: EventDraft): void {
  const kind = textOf(presented.kind)
  if (kinds.has(kind)) draft.name('tokenKind', kind, 'kind')
  for (const field of presentedFields) {
    draft.name('tokenId', textOf(presented[`${field}_id`]), `${field}_id`)
    const reference = presentedIn(textOf(presented[field]))?.reference
    if (reference === undefined) continue
    draft.name('token', tokenName(reference), field)
    if (reference.claims !== undefined) writeClaims(reference.claims, draft)
  }
  if (draft.has('tokenId') || draft.has('token')) draft.name('tokenFrom', 'field', 'presented')
  draft.name('tokenBinding', bindingIn(presented.binding), 'binding')
  writeSeconds(presented.issued_at, 'tokenIssuedAt', draft)
  writeSeconds(presented.expires_at, 'tokenExpiresAt', draft)
}

export function writeIssued(issued: JsonObject, draft: EventDraft): void {
  draft.name('issuedToken', nameOf(issued, 'access_token'), 'access_token')
  draft.name('issuedRefreshToken', nameOf(issued, 'refresh_token'), 'refresh_token')
}

/** Its own id where it has one, else its reference. */
function nameOf(issued: JsonObject, field: string): string {
  const id = textOf(issued[`${field}_id`])
  const reference = id === '' ? presentedIn(textOf(issued[field]))?.reference : undefined
  if (reference === undefined) return id
  return tokenIdOf(reference.claims?.jti ?? '') || tokenName(reference)
}

function bindingIn(value: JsonValue | undefined): string {
  const binding = objectIn(value)
  if (binding === undefined) return ''
  return certificateBinding(textOf(binding['x5t#S256'])) || keyBinding(textOf(binding.jkt))
}

function writeSeconds(
  value: JsonValue | undefined,
  column: 'tokenIssuedAt' | 'tokenExpiresAt',
  draft: EventDraft,
): void {
  if (typeof value === 'number' && value > 0 && value < 1e10) draft.number(column, Math.floor(value * 1000))
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
