// Envoy's default access log in text: fifteen values, none of which names the caller.

import { plainAccessReaderFor } from './access/plain-reader.ts'
import { beginsLikeAccessLine, isRefusal, type Layout, readTextLine } from './access/text-line.ts'
import type { Decoder } from './decoder.ts'

/** The values of a line, in their order. */
export const envoyTextLayout: Layout = [
  ['stamp', 'start_time'],
  ['request', 'path'],
  ['number', 'response_code'],
  ['word', 'response_flags'],
  ['number', 'bytes_received'],
  ['number', 'bytes_sent'],
  ['number', 'duration'],
  ['word', 'upstream_service_time'],
  ['quoted', 'x_forwarded_for'],
  ['quoted', 'user_agent'],
  ['quoted', 'request_id'],
  ['quoted', 'authority'],
  ['quoted', 'upstream_host'],
]
const quote = 0x22

export const envoyText: Decoder = {
  id: 'envoy-text',
  title: 'Envoy access log, default text format',
  description:
    'What Envoy writes where no format is set. It cannot say who the caller is, not even by address (`x-forwarded-for` is ' +
    'what the client claims), nor which policy denied, nor which end of the call reported. Envoy does not escape quotes, so a client’s quote ' +
    'can break a line: such lines are set aside as `log-injection-suspect`. JSON with the keys of `deploy/mesh/` has none of these gaps.',
  kinds: ['access'],
  recognises(record) {
    return beginsLikeAccessLine(record) && record.bytes[record.end - 1] === quote
  },
  decode(record, row, context, finish) {
    const values = readTextLine(record.text(), envoyTextLayout)
    if (isRefusal(values)) return values
    const refusal = plainAccessReaderFor(context.settings).read(values, row, context)
    if (refusal === undefined) finish('access', 0)
    return refusal
  },
}
