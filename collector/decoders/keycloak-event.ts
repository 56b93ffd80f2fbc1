// Decodes `keycloak-event`: user events of Keycloak in JSON, from its listeners and from the admin API's list.

import type { Decoder } from './decoder.ts'
import { EventDraft } from './event-draft.ts'
import { writeTime } from './event-time.ts'
import { eventOfJson, eventTypeIn } from './keycloak/event-record.ts'
import { writeAuthn } from './keycloak/write-authn.ts'

export const keycloakEvent: Decoder = {
  id: 'keycloak-event',
  title: 'Keycloak user events (JSON): `{"time":…,"type":"REFRESH_TOKEN","realmId":…,"clientId":…,"details":{…}}`',
  description:
    'What Keycloak’s event listeners send (Kafka, webhook and message queue extensions, also with `access.` before the type) ' +
    'and what `GET /admin/realms/{realm}/events` lists. `tokenIssuer` is the realm’s name, or its id where the record has ' +
    'no name. What it cannot say: the user agent; which family a token belongs to that another client presented (Keycloak names neither session nor token then); ' +
    'the id of an authorization code (`code_id` is the session’s). A failed login of an unknown user has the name that was tried as its subject, `asserted`. ' +
    'Refreshes are not stored by default: listeners get them, the admin API only where the realm’s saved types include them.',
  kinds: ['authn'],
  recognises(record) {
    const json = record.json()
    return json !== undefined && eventTypeIn(json) !== ''
  },
  decode(record, batch, context, finish) {
    const json = record.json()
    const type = json === undefined ? '' : eventTypeIn(json)
    if (json === undefined || type === '')
      return {
        reason: 'invalid-field',
        detail: 'it is no user event of Keycloak: "type", "realmId" and "clientId" or "ipAddress" say so',
      }
    const draft = new EventDraft()
    writeTime(json.time, draft, context)
    writeAuthn(eventOfJson(json, type), draft)
    if (draft.refusal !== undefined) return draft.refusal
    draft.writeTo(batch)
    finish('authn', 0)
    return undefined
  },
}
