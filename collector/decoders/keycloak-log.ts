// Decodes `keycloak-log`: lines that Keycloak's `jboss-logging` listener writes, as text or in its JSON console log.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { DecodeContext, Decoder, FinishEvent, Refusal } from './decoder.ts'
import { objectIn, textIn } from './envelopes/kubernetes.ts'
import { EventDraft } from './event-draft.ts'
import { writeTime } from './event-time.ts'
import { isEventLine, readLogLine } from './keycloak/log-line.ts'
import { logEventOf } from './keycloak/log-pairs.ts'
import { readPairs } from './keycloak/pairs.ts'
import { writeAdmin } from './keycloak/write-admin.ts'
import { writeAuthn } from './keycloak/write-authn.ts'
import type { JsonObject, JsonValue } from './record-view.ts'

const category = 'org.keycloak.events'

export const keycloakLog: Decoder = {
  id: 'keycloak-log',
  title: 'Keycloak log lines of events: `… WARN  [org.keycloak.events] (…) type="REFRESH_TOKEN_ERROR", realmId="…", …`',
  description:
    'What Keycloak’s built-in `jboss-logging` listener writes, admin events too: quoted values of current versions, unquoted and single-quoted ones ' +
    'of older versions, and its JSON console log (plain or ECS), whose message holds the same pairs. Stamps are local: ' +
    'set `decoders.timeZones` for the source. What it cannot say: successes, unless the server runs with ' +
    '`--spi-events-listener--jboss-logging--success-level=info` (before 26.3 with single dashes: `--spi-events-listener-jboss-logging-success-level`); and, without quotes, ' +
    'where a typed value ends: such lines are put aside when a fact stands behind one, and old versions (20 does) write line breaks of a user name as they are, so that whoever reaches the login can forge a line.',
  kinds: ['authn', 'action'],
  recognises(record) {
    if (isEventLine(record)) return true
    const json = record.json()
    return json !== undefined && messageIn(json) !== ''
  },
  decode(record, batch, context, finish) {
    const json = record.json()
    if (json !== undefined) return decodeJson(json, batch, context, finish)
    const text = record.text()
    const line = readLogLine(text)
    if (line === undefined) return { reason: 'invalid-field', detail: `no line of the category ${category}` }
    const draft = new EventDraft()
    writeTime(line.stamp, draft, context)
    draft.name('traceId', line.traceId, 'traceId')
    draft.name('spanId', line.spanId, 'spanId')
    return decodePairs(text, line.pairsAt, draft, batch, context, finish)
  },
}

/** The pairs, where the object is a log entry of the listener's category: in Keycloak's own layout, or in ECS. */
function messageIn(json: JsonObject): string {
  const { message } = json
  const logger = json.loggerName ?? json['log.logger'] ?? objectIn(json.log)?.logger
  return logger === category && typeof message === 'string' && /^(?:type|operationType)=/.test(message) ? message : ''
}

function decodeJson(
  json: JsonObject,
  batch: EventBatch,
  context: DecodeContext,
  finish: FinishEvent,
): Refusal | undefined {
  const message = messageIn(json)
  if (message === '') return { reason: 'invalid-field', detail: `no log entry of the category ${category}` }
  const draft = new EventDraft()
  writeTime(json.timestamp ?? json['@timestamp'], draft, context)
  const mdc: JsonObject = objectIn(json.mdc) ?? json
  draft.name('traceId', hexIn(mdc.traceId ?? json['trace.id'], 32), 'traceId')
  draft.name('spanId', hexIn(mdc.spanId ?? json['span.id'], 16), 'spanId')
  draft.name('instance', textIn(json.hostName) || textIn(json['host.name']), 'hostName')
  return decodePairs(message, 0, draft, batch, context, finish)
}

function hexIn(value: JsonValue | undefined, digits: number): string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value) ? value : ''
}

function decodePairs(
  text: string,
  from: number,
  draft: EventDraft,
  batch: EventBatch,
  context: DecodeContext,
  finish: FinishEvent,
): Refusal | undefined {
  const read = readPairs(text, from, context.settings.limits.keys)
  if ('reason' in read) return read
  const told = logEventOf(read)
  if ('reason' in told) return told
  const kind = told.what === 'event' ? 'authn' : writeAdmin(told.event, draft)
  if (told.what === 'event') writeAuthn(told.event, draft)
  if (draft.refusal !== undefined) return draft.refusal
  draft.writeTo(batch)
  finish(kind, 0)
  return undefined
}
