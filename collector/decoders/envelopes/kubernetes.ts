// What log shippers say about the pod that wrote a record, in the spellings of Fluent Bit, Vector and Filebeat.

import { type EnvelopeFacts, noEnvelope } from '../decoder.ts'
import { instantOfNumber, parseInstant } from '../instant.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { utc } from '../time-zone.ts'
import { workloadOfPod } from '../workload-name.ts'

const maxLabels = 64
const maxChars = 253
/** Labels that name a workload, the surest first; dots are `_` where a shipper does not allow them in keys. */
const workloadLabels = ['service_istio_io/canonical-name', 'app_kubernetes_io/name', 'app', 'k8s-app']
const ownerLabels = ['owner', 'team', 'squad']
const owningKinds = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job']

/** Facts out of a shipper's `kubernetes` object and, where there is none, its host's name. */
export function podFacts(record: JsonObject, at: number): EnvelopeFacts {
  const pod = objectIn(record.kubernetes)
  if (pod === undefined) {
    const instance = textIn(record.hostname) || textIn(record.host) || textIn(objectIn(record.host)?.name)
    return instance === '' && at < 0 ? noEnvelope : { ...noEnvelope, instance, at }
  }
  const labels = labelsIn(objectIn(pod.labels) ?? objectIn(pod.pod_labels))
  const instance = textIn(pod.pod_name) || textIn(objectIn(pod.pod)?.name)
  return {
    ...noEnvelope,
    workload: labelled(labels, workloadLabels) || owningWorkload(pod) || workloadOfPod(instance),
    namespace: textIn(pod.namespace_name) || textIn(pod.pod_namespace) || textIn(pod.namespace),
    instance,
    container: textIn(pod.container_name) || textIn(objectIn(pod.container)?.name),
    owner: labelled(labels, ownerLabels),
    labels,
    at,
  }
}

/** Epoch ms of a shipper's time stamp, a number or a text; −1 where it is none. */
export function shipperInstant(value: JsonValue | undefined): number {
  const at =
    typeof value === 'number'
      ? instantOfNumber(value)
      : typeof value === 'string'
        ? parseInstant(value, utc)
        : Number.NaN
  return at >= 0 ? at : -1
}

export function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined // neither null nor a list
}

export function textIn(value: JsonValue | undefined): string {
  return typeof value === 'string' && value.length <= maxChars ? value : ''
}

/** Vector names the owner `ReplicaSet/payments-7c9d8f6b5`, Filebeat has an object for each kind. */
function owningWorkload(pod: JsonObject): string {
  const [kind = '', name = ''] = textIn(pod.pod_owner).split('/', 2)
  if (name !== '') return kind === 'ReplicaSet' ? workloadOfPod(name) : name
  for (const owning of owningKinds) {
    const owner = textIn(objectIn(pod[owning])?.name)
    if (owner !== '') return owner
  }
  return ''
}

function labelsIn(object: JsonObject | undefined): Readonly<Record<string, string>> {
  const labels: Record<string, string> = Object.create(null)
  let count = 0
  for (const key in object) {
    const value = textIn(object[key])
    if (value === '' || key.length > maxChars) continue
    if (++count > maxLabels) break
    labels[key] = value
  }
  return labels
}

function labelled(labels: Readonly<Record<string, string>>, names: readonly string[]): string {
  for (const name of names) for (const key in labels) if (key.replaceAll('.', '_') === name) return labels[key] ?? ''
  return ''
}
