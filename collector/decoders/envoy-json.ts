// Envoy's access log as JSON with keys of the operator's own, which settings map to ours.

import { accessReaderFor } from './access/access-reader.ts'
import type { Decoder } from './decoder.ts'

export const envoyJson: Decoder = {
  id: 'envoy-json',
  title: 'Envoy access log (JSON, own keys)',
  description:
    'Access log of Envoy, or of a proxy built on it, in JSON with keys of its own. `decoders.accessLogKeys` says which of ' +
    'our names each key stands for; a record needs the key of `start_time` and one that only a proxy has.',
  kinds: ['access'],
  recognises(record, settings) {
    const object = record.json()
    return object !== undefined && accessReaderFor(settings).formatOf(object) === 'envoy-json'
  },
  decode(record, row, context, finish) {
    const refusal = accessReaderFor(context.settings).readObject(record, row, context, 'envoy-json')
    if (refusal === undefined) finish('access', 0)
    return refusal
  },
}
