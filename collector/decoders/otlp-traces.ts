// Decodes `otlp-traces`: spans of OpenTelemetry, in protobuf or in JSON.

import type { Decoder } from './decoder.ts'
import { SpanItems } from './otlp/span-items.ts'

export const otlpTraces: Decoder = {
  id: 'otlp-traces',
  title: 'OpenTelemetry spans (OTLP traces)',
  description:
    'What OTLP exporters send to `/v1/traces` and what the OpenTelemetry Collector writes to Kafka or to files, as `otlp_proto` or ' +
    '`otlp_json`: semantic conventions old and new, the tags of Envoy and Istio, the token events of Ory Hydra. Each span is an event by itself, ' +
    'whatever batch it came in. What it cannot say: who the caller is for certain, since spans are made by the application; and nothing at all of ' +
    'requests that were not sampled, so that no absence of a span proves anything.',
  kinds: ['span', 'authn', 'action'],
  recognises: () => false,
  decode: () => ({ reason: 'invalid-json', detail: 'OTLP in JSON is one object that begins with "resourceSpans"' }),
  openItems: (settings) => new SpanItems(settings),
}
