// The name of a workload out of what names its replica, and the one name by which a service is told.

import { isIP } from 'node:net'

// Kubernetes draws suffixes from letters and digits that form no words.
const drawn = '[bcdfghjklmnpqrstvwxz2456789]'
const replicaSetPod = new RegExp(`^(.+?)-(?=[a-z]*\\d)${drawn}{6,10}-${drawn}{5}$`)
const drawnSuffix = new RegExp(`^(.+?)-(?:${drawn}{5}|(?=[a-z]*\\d)${drawn}{3,10})$`)
const ordinal = /^(.+?)-\d{1,4}$/
const maxPodChars = 253

/** `payments-7c9d8f6b5-x2x9z`, `payments-0` and `payments-7c9` are replicas of `payments`; other names are their own. */
export function workloadOfPod(pod: string): string {
  if (pod.length > maxPodChars) return pod
  return (replicaSetPod.exec(pod) ?? ordinal.exec(pod) ?? drawnSuffix.exec(pod))?.[1] ?? pod
}

/** `name.namespace`, or the name alone. */
export function workloadIdentity(workload: string, namespace: string): string {
  return workload === '' || namespace === '' ? workload : `${workload}.${namespace}`
}

const clusterService = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\..*)?$/
const withPort = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/

/**
 * A host as the name of a service: without port and final dot, lower case, a Kubernetes service as `name.namespace`, so
 * that the workload of that name and the service agree; an address as `ip:…`. `''` where there is no name.
 */
export function serviceOfHost(host: string): string {
  const bare = (withPort.exec(host)?.[1] ?? host).toLowerCase().replace(/\.$/, '')
  const address = bare.startsWith('[') ? bare.slice(1, -1) : bare
  if (isIP(address) !== 0) return `ip:${address}`
  const service = clusterService.exec(bare)
  return service === null ? bare : `${service[1]}.${service[2]}`
}
