// Istio's and Envoy's access log as JSON, by Istio's keys and the keys of our own snippets, in any order and number.

import { accessReaderFor } from './access/access-reader.ts'
import type { Decoder } from './decoder.ts'

export const istioJson: Decoder = {
  id: 'istio-json',
  title: 'Istio and Envoy access log (JSON)',
  description:
    'Access log of Istio sidecars, gateways and waypoints, and of Envoy with the same keys. Without the keys of ' +
    '`deploy/mesh/` it names no caller and no token: callers are then addresses.',
  kinds: ['access'],
  openFastLane: accessReaderFor,
  recognises(record, settings) {
    const object = record.json()
    return object !== undefined && accessReaderFor(settings).formatOf(object) === 'istio-json'
  },
  decode(record, row, context, finish) {
    const refusal = accessReaderFor(context.settings).readObject(record, row, context, 'istio-json')
    if (refusal === undefined) finish('access', 0)
    return refusal
  },
}
