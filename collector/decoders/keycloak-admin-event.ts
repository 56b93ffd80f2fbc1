// Decodes `keycloak-admin-event`: what administrators and service accounts did over Keycloak's admin API.

import type { Decoder } from './decoder.ts'
import { EventDraft } from './event-draft.ts'
import { writeTime } from './event-time.ts'
import { adminEventOfJson, isAdminEvent } from './keycloak/event-record.ts'
import { writeAdmin } from './keycloak/write-admin.ts'

export const keycloakAdminEvent: Decoder = {
  id: 'keycloak-admin-event',
  title: 'Keycloak admin events (JSON): `{"operationType":"UPDATE","resourcePath":"clients/…","authDetails":{…}}`',
  description:
    'What Keycloak’s event listeners send and `GET /admin/realms/{realm}/admin-events` lists. Sessions ended, credentials set, grants ' +
    'withdrawn and users impersonated by an administrator are `authn` events about that user or session; all else is an ' +
    '`action` such as `role.change`, `client.update` or `user.create`. The subject is the user id in the path, the actor who called. What ' +
    'it cannot say: what exactly was changed (`representation`, where it is recorded at all, is left out: it holds whole users and clients).',
  kinds: ['action', 'authn'],
  recognises(record) {
    const json = record.json()
    return json !== undefined && isAdminEvent(json)
  },
  decode(record, batch, context, finish) {
    const json = record.json()
    if (json === undefined || !isAdminEvent(json))
      return {
        reason: 'invalid-field',
        detail: 'it is no admin event of Keycloak: "operationType", "resourcePath" and "authDetails" say so',
      }
    const draft = new EventDraft()
    writeTime(json.time, draft, context)
    const kind = writeAdmin(adminEventOfJson(json), draft)
    if (draft.refusal !== undefined) return draft.refusal
    draft.writeTo(batch)
    finish(kind, 0)
    return undefined
  },
}
