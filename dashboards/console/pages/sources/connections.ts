// How each kind of source is connected, with the lines to write; the addresses are those of this page.

import { element } from '../../elements.ts'

interface Connection {
  readonly title: string
  readonly about: string
  lines(origin: string, host: string): string
}

const connections: readonly Connection[] = [
  {
    title: 'A log file, once',
    about: 'Text lines, NDJSON or JSON, plain or gzip, of any format that is known; each line is recognised.',
    lines: (origin) => `curl --data-binary @access.log '${origin}/v1/events?source=mesh'`,
  },
  {
    title: 'Log files, as they grow',
    about: 'In eastwest.yaml; container runtimes’ own lines are taken off.',
    lines: () => 'receivers:\n  files:\n    sources:\n      - path: /var/log/containers/*.log',
  },
  {
    title: 'Istio and Envoy',
    about:
      'Default access logs do not name the caller. deploy/mesh has the snippets that add caller and claims, and says what is lost without them.',
    lines: (origin) =>
      `kubectl apply -f deploy/mesh/istio-telemetry.yaml\ncurl --data-binary @istio-access.log '${origin}/v1/events?source=mesh'`,
  },
  {
    title: 'Keycloak and oidc-provider',
    about: 'Keycloak’s log lines and events as they are; an oidc-provider by the bridge in deploy/oidc-provider.',
    lines: (origin) => `curl --data-binary @keycloak.log '${origin}/v1/events?source=keycloak'`,
  },
  {
    title: 'OPA',
    about: 'Decisions come by OPA’s own upload: deploy/opa/decision-logs.yaml, with a mask for what nobody needs.',
    lines: (origin) =>
      `services:\n  eastwest:\n    url: ${origin}/v1/opa\ndecision_logs:\n  service: eastwest\n  reporting: { max_delay_seconds: 5 }`,
  },
  {
    title: 'OpenTelemetry',
    about: 'Traces and logs over HTTP or gRPC, in protobuf or JSON.',
    lines: (_, host) => `export OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:4318   # gRPC: ${host}:4317`,
  },
  {
    title: 'Kafka topics',
    about: 'Read where they lie, and only read: deploy/kafka/SOURCES.md.',
    lines: () =>
      'receivers:\n  kafka:\n    connection: { brokers: ["kafka-1:9092"] }\n    topics:\n      - topic: mesh-access-logs',
  },
  {
    title: 'Anything else',
    about:
      'Our own documented JSON: schemas/generated/eastwest-event.schema.json; npx eastwest formats list says all formats.',
    lines: (origin) =>
      `curl --json '{"kind":"action","at":"2026-11-02T09:14:22Z","action":"refund","actor":"USR-99","amount":"12.50","currency":"EUR","outcome":"allowed"}' '${origin}/v1/events?format=eastwest-event&source=shop'`,
  },
]

export function connectionsNode({ origin, hostname }: Pick<Location, 'origin' | 'hostname'>): HTMLElement {
  return element(
    'div',
    { class: 'events' },
    connections.map(({ title, about, lines }) =>
      element(
        'details',
        { class: 'event' },
        element(
          'summary',
          {},
          element('span', { class: 'event-what' }, title),
          element('span', { class: 'muted' }, about),
        ),
        element(
          'div',
          { class: 'event-body' },
          element('pre', { class: 'text', tabindex: 0 }, lines(origin, hostname)),
        ),
      ),
    ),
  )
}
