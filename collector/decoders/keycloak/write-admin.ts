// Writes one admin event of Keycloak: what an administrator or a service account changed, to whom.

import type { EventKind } from '../../../schemas/events/event-kind.ts'
import { addressIn } from '../application/identities.ts'
import { attributesText } from '../attributes.ts'
import type { EventDraft } from '../event-draft.ts'
import type { KeycloakAdminEvent } from './event-record.ts'

interface AdminMeaning {
  readonly kind: Extract<EventKind, 'action' | 'authn'>
  readonly action: string
  /** Which column the id in the path fills. */
  readonly id?: 'subject' | 'session'
}

/** By the path below the realm, `*` for an id; the first that fits, with the operations it is for (`''`: all). */
const byPath: readonly (readonly [path: RegExp, operations: string, meaning: AdminMeaning])[] = [
  [/^sessions\/([^/]+)$/, 'DELETE', { kind: 'authn', action: 'session.revoke', id: 'session' }],
  [/^users\/([^/]+)\/logout$/, '', { kind: 'authn', action: 'session.revoke', id: 'subject' }],
  [/^users\/([^/]+)\/consents(?:\/|$)/, 'DELETE', { kind: 'authn', action: 'grant.revoke', id: 'subject' }],
  [/^users\/([^/]+)\/impersonation$/, '', { kind: 'authn', action: 'impersonation', id: 'subject' }],
  [
    /^users\/([^/]+)\/(?:reset-password|credentials|disable-credential-types)(?:\/|$)/,
    '',
    { kind: 'authn', action: 'credential.change', id: 'subject' },
  ],
  [/^(?:logout-all|push-revocation)$/, '', { kind: 'authn', action: 'session.revoke' }],
  [/^users\/([^/]+)\/role-mappings(?:\/|$)/, '', { kind: 'action', action: 'role.change', id: 'subject' }],
  [/^users\/([^/]+)\/groups(?:\/|$)/, '', { kind: 'action', action: 'group.change', id: 'subject' }],
  [/^(?:groups|clients)\/[^/]+\/role-mappings(?:\/|$)/, '', { kind: 'action', action: 'role.change' }],
  [/^clients\/[^/]+\/client-secret(?:\/|$)/, '', { kind: 'action', action: 'secret.rotate' }],
  [/^clients\/[^/]+\/push-revocation$/, '', { kind: 'authn', action: 'session.revoke' }],
  [/^users\/([^/]+)$/, '', { kind: 'action', action: 'user', id: 'subject' }],
]
const verbs: Readonly<Record<string, string>> = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
  ACTION: 'action',
}
const maxPathChars = 1024

/** Everything but the time; gives the kind of the event. */
export function writeAdmin(event: KeycloakAdminEvent, draft: EventDraft): EventKind {
  const { operation, resourceType, resourcePath, error } = event
  const { meaning, id } = meaningOf(event)
  const verb = verbs[operation] ?? operation.toLowerCase()
  const resource = resourceType.toLowerCase().replaceAll('_', '-') || 'resource'
  draft.name('nativeId', event.id, 'id')
  draft.name('action', meaning === undefined ? `${resource}.${verb}` : spelled(meaning.action, verb), 'operationType')
  draft.name('outcome', error === '' ? 'allowed' : 'denied', 'error')
  draft.name('outcomeBasis', 'field', 'error')
  draft.prose('outcomeReason', error, 200)
  if (meaning?.id !== undefined) {
    draft.name(meaning.id, id, 'resourcePath')
    draft.name(`${meaning.id}From`, 'field', 'resourcePath')
  }
  draft.name('actor', event.byUser, 'userId')
  if (draft.has('actor')) draft.name('actorFrom', 'field', 'userId')
  draft.name('client', event.byClient, 'clientId')
  if (draft.has('client')) draft.name('clientFrom', 'field', 'clientId')
  draft.name('clientIp', addressIn(event.address), 'ipAddress')
  draft.name('tokenIssuer', event.realm, 'realmName')
  draft.prose('resource', resourcePath, maxPathChars)
  const told = [
    ['operationType', operation],
    ['resourceType', resourceType],
    ['byRealm', event.byRealm],
    ['bySession', event.bySession],
  ] as const
  draft.prose(
    'attributes',
    attributesText([...told.filter(([, value]) => value !== ''), ...event.rest]),
    Number.MAX_SAFE_INTEGER,
  )
  return meaning?.kind ?? 'action'
}

function spelled(action: string, verb: string): string {
  return action.includes('.') || action === 'impersonation' ? action : `${action}.${verb}`
}

function meaningOf({ operation, resourcePath }: KeycloakAdminEvent): { meaning: AdminMeaning | undefined; id: string } {
  if (resourcePath.length <= maxPathChars)
    for (const [form, only, meaning] of byPath) {
      const found = only === '' || only === operation ? form.exec(resourcePath) : null
      if (found !== null) return { meaning, id: found[1] ?? '' }
    }
  return { meaning: undefined, id: '' }
}
