// Envoy Gateway's default access log: text in the shape of JSON, whose values nobody escapes.

import { accessReaderFor } from './access/access-reader.ts'
import type { Decoder } from './decoder.ts'

const start = '"start_time":"'
/** Keys that its default format has and Istio's has not. */
const own = ['"x-envoy-origin-path":', '":authority":', '"x-envoy-upstream-service-time":']

export const envoyGateway: Decoder = {
  id: 'envoy-gateway',
  title: 'Envoy Gateway access log',
  description:
    'Default access log of Envoy Gateway. Its values are put into the line as they came, so a client’s quote can break or ' +
    'forge it: such lines are set aside, and no identity is ever read from this format.',
  kinds: ['access'],
  recognises(record, settings) {
    const object = record.json()
    return object !== undefined && accessReaderFor(settings).formatOf(object) === 'envoy-gateway'
  },
  decode(record, row, context, finish) {
    const refusal = accessReaderFor(context.settings).readObject(record, row, context, 'envoy-gateway')
    if (refusal === undefined) finish('access', 0)
    return refusal
  },
  judgesBroken(record) {
    const text = record.text()
    if (!text.includes(start) || !own.some((key) => text.includes(key))) return undefined
    return {
      reason: 'log-injection-suspect',
      detail: 'the quotes of an Envoy Gateway line do not add up: a client may have forged part of it',
    }
  },
}
