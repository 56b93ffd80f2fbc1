// Decodes `otlp-logs`: log records of OpenTelemetry, in protobuf or in JSON, by what they hold.

import type { Decoder } from './decoder.ts'
import { LogItems } from './otlp/log-items.ts'

export const otlpLogs: Decoder = {
  id: 'otlp-logs',
  title: 'OpenTelemetry log records (OTLP logs)',
  description:
    'What OTLP exporters send to `/v1/logs`, what the OpenTelemetry access loggers of Envoy, Istio and Envoy Gateway write, and what the ' +
    'OpenTelemetry Collector writes to Kafka or to files, as `otlp_proto` or `otlp_json`. A body that another format is in is read as that format and ' +
    'has its name; a proxy’s line with labels, and attributes of an application, are read together. What it cannot say: anything that neither body ' +
    'nor attributes name in words that eastwest knows; such log records go to quarantine one by one.',
  kinds: ['access', 'authn', 'authz', 'action'],
  recognises: () => false,
  decode: () => ({ reason: 'invalid-json', detail: 'OTLP in JSON is one object that begins with "resourceLogs"' }),
  openItems: (settings) => new LogItems(settings),
}
