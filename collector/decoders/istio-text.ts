// Istio's default access log in text: 24 values, of which only the peer's address tells the caller.

import { plainAccessReaderFor } from './access/plain-reader.ts'
import { beginsLikeAccessLine, isRefusal, type Layout, readTextLine } from './access/text-line.ts'
import type { Decoder } from './decoder.ts'

/** The values of a line, in their order. */
export const istioTextLayout: Layout = [
  ['stamp', 'start_time'],
  ['request', 'path'],
  ['number', 'response_code'],
  ['word', 'response_flags'],
  ['word', 'response_code_details'],
  ['words', 'connection_termination_details'],
  ['quoted', 'upstream_transport_failure_reason'],
  ['number', 'bytes_received'],
  ['number', 'bytes_sent'],
  ['number', 'duration'],
  ['word', 'upstream_service_time'],
  ['quoted', 'x_forwarded_for'],
  ['quoted', 'user_agent'],
  ['quoted', 'request_id'],
  ['quoted', 'authority'],
  ['quoted', 'upstream_host'],
  ['word', 'upstream_cluster'],
  ['word', 'upstream_local_address'],
  ['word', 'downstream_local_address'],
  ['word', 'downstream_remote_address'],
  ['word', 'requested_server_name'],
  ['word', 'route_name'],
]
const quote = 0x22

export const istioText: Decoder = {
  id: 'istio-text',
  title: 'Istio access log, default text format',
  description:
    'What Istio’s sidecars and gateways write with `accessLogFile` alone. It cannot name the caller, only its address, so ' +
    'nothing is learned about callers from it; it holds no token and no trace either. Quotes are not escaped, so a client’s quote can break a line: such lines ' +
    'are set aside as `log-injection-suspect`. JSON with the keys of `deploy/mesh/` has none of these gaps.',
  kinds: ['access'],
  recognises(record) {
    return beginsLikeAccessLine(record) && record.bytes[record.end - 1] !== quote
  },
  decode(record, row, context, finish) {
    const values = readTextLine(record.text(), istioTextLayout)
    if (isRefusal(values)) return values
    const refusal = plainAccessReaderFor(context.settings).read(values, row, context)
    if (refusal === undefined) finish('access', 0)
    return refusal
  },
}
