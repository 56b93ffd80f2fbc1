// Decodes `app-json`: structured logs of applications, whatever logger wrote them and however it spells its keys.

import { statesFact } from './application/facts.ts'
import { fieldsOfJson } from './application/record-fields.ts'
import { writeEvent } from './application/write-event.ts'
import type { Decoder } from './decoder.ts'

export const appJson: Decoder = {
  id: 'app-json',
  title: 'Structured application logs: logrus, zap, pino, bunyan, Serilog, log4j2, ECS and their like',
  description:
    'JSON objects that applications log about logins, refunds and other sensitive operations. Keys are read in any ' +
    'case, with any punctuation and nested in the usual containers; `fieldNames` maps others. A message is believed only where it consists of ' +
    'known words, as in `refund issued`. What it cannot say: who the caller is for certain (identities are plain fields ' +
    'of the application’s own record), and nothing at all from a line that names no action: such lines go to quarantine as ' +
    '`missing-field`, so send eastwest the security lines only. An action without a status, an error or a level of error is one that happened.',
  kinds: ['authn', 'action', 'authz'],
  recognises(record, settings) {
    const json = record.json()
    if (json === undefined) return false
    for (const key of Object.keys(json)) if (statesFact(key, settings.fieldNames)) return true
    return false
  },
  decode(record, batch, context, finish) {
    const json = record.json()
    if (json === undefined) return { reason: 'invalid-json', detail: 'the record is no JSON object' }
    return writeEvent(fieldsOfJson(json), batch, context, finish)
  },
}
