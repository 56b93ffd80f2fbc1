// What Envoy's cluster and server names say: which way a request went, and which service it was for.

import { serviceOfHost } from '../workload-name.ts'

export interface ClusterFacts {
  /** Which end of the call a proxy with this cluster is; `''` where the name does not say. */
  readonly end: '' | 'source' | 'destination' | 'gateway'
  /** Service as `name.namespace` or host; `''` where the name does not say. */
  readonly service: string
}

const routed = /^(?:http|grpc|tls|tcp|udp)route\//
const sniRouted = /^(inbound|outbound)_\.(\d+)_\.([^_]*)_\.(.+)$/

/** `outbound|8080|v2|orders.shop.svc.cluster.local`, `inbound|8080||`, `httproute/shop/pay/rule/0`, `local_app` … */
export function readCluster(name: string): ClusterFacts {
  if (routed.test(name)) return { end: 'gateway', service: '' }
  const [direction = '', port, , host = ''] = name.split('|', 4)
  if (port !== undefined && direction.startsWith('outbound')) return { end: 'source', service: serviceOfHost(host) }
  if (port !== undefined && direction.startsWith('inbound')) return { end: 'destination', service: serviceOfHost(host) }
  const sni = sniRouted.exec(name)
  if (sni !== null)
    return { end: sni[1] === 'inbound' ? 'destination' : 'source', service: serviceOfHost(sni[4] ?? '') }
  if (name === 'local_app' || name.startsWith('InboundPassthrough')) return { end: 'destination', service: '' }
  if (name === 'PassthroughCluster' || name === 'BlackHoleCluster') return { end: 'source', service: '' }
  return { end: '', service: '' }
}

export interface ServerNameFacts {
  /** True where a mesh sidecar called with a name that only its server side sees. */
  readonly fromSidecar: boolean
  readonly service: string
}

/** TLS server name: Istio's `outbound_.8080_._.payments.shop.svc.cluster.local`, or a plain host. */
export function readServerName(name: string): ServerNameFacts {
  const sni = sniRouted.exec(name)
  if (sni !== null) return { fromSidecar: sni[1] === 'outbound', service: serviceOfHost(sni[4] ?? '') }
  return { fromSidecar: false, service: serviceOfHost(name) }
}
