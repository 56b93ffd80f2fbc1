// Messages of spans as a service's SDK exports them: one resource, servers and clients in turn, ids and paths of their own.

import { attributesOf, type SpanJson, tracesBytes, tracesOf } from '../support/otlp-messages.ts'

const methods = ['GET', 'POST', 'GET', 'PUT']
const routes = ['/v1/orders/{id}', '/v1/refunds', '/v1/carts/{id}/items', '/v1/prices']
const agents = [
  'okhttp/4.12',
  'node-fetch/3.3',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
]

/** So many messages of so many spans; the same ones every time. */
export function spanBodies(count: number, spans: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, body) => {
    const made = Array.from({ length: spans }, (_, at) => spanOf(body * spans + at))
    return tracesBytes(
      tracesOf(made, {
        'service.name': `payments${body % 4}`,
        'k8s.namespace.name': 'shop',
        'k8s.pod.name': `payments${body % 4}-7c9d8f6b5-x2x9z`,
        'deployment.environment.name': 'production',
        'service.version': '1.42.0',
        'k8s.node.name': `node-${body % 8}`,
      }),
    )
  })
}

function spanOf(number: number): SpanJson {
  const isCaller = number % 3 === 0
  const startedAt = 1_793_610_862_000_000_000n + BigInt(number) * 1_357_911n
  const method = methods[number % methods.length] ?? 'GET'
  const route = routes[number % routes.length] ?? '/'
  const status = number % 50 === 0 ? 403 : 200
  const path = route.replaceAll('{id}', String(10_000 + (number % 5000)))
  return {
    traceId: hexOf(number, 32),
    spanId: hexOf(number + 7, 16),
    parentSpanId: hexOf(number + 3, 16),
    name: `${method} ${route}`,
    kind: isCaller ? 3 : 2,
    startTimeUnixNano: String(startedAt),
    endTimeUnixNano: String(startedAt + 11_000_000n + BigInt(number % 1000) * 1000n),
    attributes: attributesOf(
      isCaller
        ? {
            'http.request.method': method,
            'server.address': 'orders.shop',
            'server.port': 8080,
            'url.path': path,
            'http.response.status_code': status,
            'network.protocol.version': '1.1',
            'service.peer.name': 'orders.shop',
            'user.id': `u-${number % 20_000}`,
            'thread.id': number % 32,
          }
        : {
            'http.request.method': method,
            'url.scheme': 'http',
            'url.path': path,
            'http.route': route,
            'http.response.status_code': status,
            'server.address': 'payments.shop',
            'server.port': 8080,
            'client.address': `10.20.${number % 8}.${number % 200}`,
            'network.peer.address': `10.20.${number % 8}.${number % 200}`,
            'network.protocol.version': '1.1',
            'user_agent.original': agents[number % agents.length] ?? '',
            'user.id': `u-${number % 20_000}`,
            'session.id': hexOf(number + 11, 32),
          },
    ),
    status: { code: 0 },
  }
}

/** Digits that look drawn, by a multiplicative step of 64 bits. */
function hexOf(number: number, digits: number): string {
  let text = ''
  for (let step = BigInt(number) + 1n; text.length < digits; step += 1n)
    text += ((step * 0x9e3779b97f4a7c15n) % (1n << 64n)).toString(16).padStart(16, '0')
  return text.slice(0, digits)
}
