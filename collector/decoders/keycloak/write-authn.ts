// Writes one event of Keycloak into the columns.

import { addressIn } from '../application/identities.ts'
import { attributesText } from '../attributes.ts'
import type { EventDraft } from '../event-draft.ts'
import { hiddenCharacter } from '../hidden-characters.ts'
import { tokenIdOf } from '../presented-token.ts'
import { meaningOfEvent } from './event-meanings.ts'
import type { KeycloakEvent } from './event-record.ts'
import { verdictOf } from './verdicts.ts'

const errorEnding = '_ERROR'
const maxReasonChars = 200
const maxScopeChars = 1024
/** What Java prints of an object differs each time: `TokenManager$TokenRevocationCheck@3111d3e1`. */
const javaIdentity = /@[0-9a-f]{1,16}$/
const maxTriedNameChars = 256
/** Details that are columns, where the event's kind gives them that meaning; the rest are attributes. */
const taken = new Set([
  'reason',
  'scope',
  'token_id',
  'refresh_token_id',
  'refresh_token_sub',
  'updated_refresh_token_id',
])

/** Everything but the time. */
export function writeAuthn(event: KeycloakEvent, draft: EventDraft): void {
  const { type, details, error } = event
  const failed = type.endsWith(errorEnding) || error !== ''
  const meaning = meaningOfEvent(type.endsWith(errorEnding) ? type.slice(0, -errorEnding.length) : type, details)
  const detail = (key: string): string => detailIn(details, key)
  const reason = detail('reason').replace(javaIdentity, '')
  draft.name('nativeId', event.id, 'id')
  draft.name('action', meaning.action, 'type')
  draft.name('outcome', failed ? 'denied' : 'allowed', 'type')
  draft.name('outcomeBasis', 'field', 'type')
  draft.prose('outcomeReason', reason || error, maxReasonChars)
  writeParties(event, draft)
  draft.name('tokenIssuer', event.realmName || event.realmId, 'realmName')
  draft.name('tokenKind', meaning.presents, 'type')
  if (failed) draft.name('tokenVerdict', verdictOf(reason, error, event.session), 'reason')
  const token = tokenIdOf(detail('token_id'))
  const refreshToken = tokenIdOf(detail('refresh_token_id'))
  if (meaning.action === 'token.refresh') {
    draft.name('tokenId', refreshToken, 'refresh_token_id')
    draft.name('issuedRefreshToken', tokenIdOf(detail('updated_refresh_token_id')), 'updated_refresh_token_id')
  } else if (meaning.issues) draft.name('issuedRefreshToken', refreshToken, 'refresh_token_id')
  else draft.name('tokenId', token || refreshToken, 'token_id')
  if (meaning.issues) draft.name('issuedToken', token, 'token_id')
  if (draft.has('tokenId')) draft.name('tokenFrom', 'field', 'token_id')
  draft.prose('scope', detail('scope'), maxScopeChars)
  const rest = [...details].filter(([key]) => !taken.has(key))
  const told = [
    ['type', type],
    ['realmId', event.realmId],
    ['realm', event.realmName],
    ['error', reason === '' ? '' : error],
    ...rest,
  ] as const
  const known = told.filter(([, value]) => value !== '')
  draft.prose('attributes', attributesText([...known, ...event.rest]), Number.MAX_SAFE_INTEGER)
}

function writeParties(event: KeycloakEvent, draft: EventDraft): void {
  const { details } = event
  const impersonator = detailIn(details, 'impersonator')
  draft.name('subject', event.user || detailIn(details, 'refresh_token_sub'), 'userId')
  if (draft.has('subject')) draft.name('subjectFrom', 'field', 'userId')
  else writeTriedName(detailIn(details, 'username'), draft)
  draft.name('actor', impersonator, 'impersonator')
  if (draft.has('actor')) draft.name('actorFrom', 'field', 'impersonator')
  draft.name('client', event.client, 'clientId')
  if (draft.has('client')) draft.name('clientFrom', 'field', 'clientId')
  draft.name('session', event.session, 'sessionId')
  if (draft.has('session')) draft.name('sessionFrom', 'field', 'sessionId')
  draft.name('clientIp', addressIn(event.address), 'ipAddress')
}

/** A name that nobody has proved to bear: kept out of the column where it reads differently from what it is. */
function writeTriedName(username: string, draft: EventDraft): void {
  if (username === '' || username.length > maxTriedNameChars || hiddenCharacter(username) !== '') return
  draft.name('subject', username, 'username')
  draft.name('subjectFrom', 'asserted', 'username')
}

function detailIn(details: ReadonlyMap<string, string>, key: string): string {
  const value = details.get(key) ?? ''
  return value === 'null' ? '' : value
}
