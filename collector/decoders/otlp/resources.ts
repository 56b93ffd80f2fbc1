// What a resource says of the workload that its spans and log records come from; remembered, since it comes with every batch.

import { resourceFields, scopeFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import { cutText, maxAttributeChars } from '../attributes.ts'
import { CodedText } from '../coded-text.ts'
import { type DecoderSettings, type EnvelopeFacts, noEnvelope, type Refusal } from '../decoder.ts'
import { mergeFacts } from '../envelopes/envelope.ts'
import { hiddenCharacter } from '../hidden-characters.ts'
import { isIngressName } from '../principal.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { workloadIdentity, workloadOfPod } from '../workload-name.ts'
import { AnyValueReader } from './any-value.ts'
import { type Range, refusalOf } from './containers.ts'

export interface ResourceFacts {
  readonly envelope: EnvelopeFacts
  /** `name.namespace`, the name alone, or `''`. */
  readonly identity: string
  readonly asCaller: CodedText
  readonly asDestination: CodedText
  readonly isIngress: boolean
  readonly environment: CodedText
  /** What no column holds, as `"otel.resource":{…}`; empty where there is nothing. */
  readonly rest: Uint8Array
  /** What is wrong with it: every item of it is then refused. */
  readonly refusal: Refusal | undefined
}

const owningKinds = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job', 'replicaset'] as const
/** Held by columns, or of no use to anybody: the make of the SDK and of the process. */
const leftOut =
  /^(?:service\.(?:name|namespace|instance\.id)|k8s\.(?:namespace\.name|pod\.name|container\.name)|deployment\.environment(?:\.name)?|telemetry\.sdk\..*|process\..*|os\..*)$/
const maxRemembered = 1024
const maxKeyBytes = 4096
const maxNameChars = 253

export class ResourceReader {
  private readonly settings: DecoderSettings
  private readonly values: AnyValueReader
  private readonly known = new Map<string, ResourceFacts>()
  private outer = noEnvelope

  constructor(settings: DecoderSettings) {
    this.settings = settings
    this.values = new AnyValueReader(settings.limits.keys)
  }

  /** Of the messages that stand at `ranges`, merged; `outer`: what the envelopes around all of it say. */
  read(bytes: Uint8Array, ranges: readonly Range[], outer: EnvelopeFacts): ResourceFacts {
    if (outer !== this.outer) this.known.clear()
    this.outer = outer
    const name = ranges.map(({ start, end }) => latin1(bytes, start, end)).join('|')
    const known = this.known.get(name)
    if (known !== undefined) return known
    const facts = this.factsOf(bytes, ranges, outer)
    if (this.known.size >= maxRemembered) this.known.clear()
    if (name.length <= maxKeyBytes) this.known.set(name, facts)
    return facts
  }

  private factsOf(bytes: Uint8Array, ranges: readonly Range[], outer: EnvelopeFacts): ResourceFacts {
    const attributes: Record<string, JsonValue> = Object.create(null)
    const { values } = this
    values.begin()
    let broken: Refusal | undefined
    for (const { start, end } of ranges) {
      const reader = new ProtobufReader().open(bytes, start, end)
      while (reader.next())
        if (reader.field === resourceFields.attributes && reader.type === bytesType)
          values.addMember(attributes, bytes, reader.start, reader.limit)
      if (reader.problem !== undefined) broken ??= refusalOf(reader.problem, 'the resource')
    }
    const envelope = mergeFacts(envelopeOf(attributes), outer)
    const identity = workloadIdentity(envelope.workload, envelope.namespace)
    return {
      envelope,
      identity,
      asCaller: new CodedText(identity),
      asDestination: new CodedText(identity),
      isIngress: isIngressName(this.settings.ingress, envelope.workload),
      environment: new CodedText(
        textIn(attributes, 'deployment.environment.name') || textIn(attributes, 'deployment.environment'),
      ),
      rest: restOf(attributes),
      refusal: broken ?? values.refusal,
    }
  }
}

/** Names are believed where they are what they look like. */
function textIn(attributes: JsonObject, key: string): string {
  const value = attributes[key]
  if (typeof value !== 'string' || value.length > maxNameChars || value === 'unknown') return ''
  return hiddenCharacter(value) === '' ? value : ''
}

function envelopeOf(attributes: JsonObject): EnvelopeFacts {
  const instance =
    textIn(attributes, 'k8s.pod.name') || textIn(attributes, 'service.instance.id') || textIn(attributes, 'host.name')
  const namespace = textIn(attributes, 'k8s.namespace.name') || textIn(attributes, 'service.namespace')
  const workload =
    serviceName(textIn(attributes, 'service.name'), namespace) ||
    owningKinds.map((one) => textIn(attributes, `k8s.${one}.name`)).find((name) => name !== '') ||
    workloadOfPod(textIn(attributes, 'k8s.pod.name'))
  if (workload === '' && instance === '' && namespace === '') return noEnvelope
  return { ...noEnvelope, workload, namespace, instance, container: textIn(attributes, 'k8s.container.name') }
}

/** SDKs say `unknown_service:node` where nobody named the service; Istio says `payments.shop`. */
function serviceName(name: string, namespace: string): string {
  if (name.startsWith('unknown_service')) return ''
  const suffix = `.${namespace}`
  return namespace !== '' && name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : name
}

function restOf(attributes: JsonObject): Uint8Array {
  const rest: Record<string, JsonValue> = Object.create(null)
  for (const key of Object.keys(attributes)) if (!leftOut.test(key)) rest[key] = attributes[key] ?? null
  return memberOf('otel.resource', rest)
}

/** `"name":{…}`, nothing of an object without members; of one that is long the beginning, as a text. */
function memberOf(name: string, object: JsonObject): Uint8Array {
  const json = JSON.stringify(object)
  if (json === '{}') return new Uint8Array(0)
  const value = json.length <= maxAttributeChars ? json : JSON.stringify(cutText(json, maxAttributeChars))
  return Buffer.from(`"${name}":${value}`)
}

/** Which library made the spans, as `"otel.scope":{…}`. */
export function scopeMember(bytes: Uint8Array, ranges: readonly Range[]): Uint8Array {
  const scope: Record<string, JsonValue> = {}
  for (const { start, end } of ranges) {
    const reader = new ProtobufReader().open(bytes, start, end)
    while (reader.next()) {
      if (reader.type !== bytesType || reader.start === reader.limit) continue
      const text = Buffer.from(
        bytes.buffer,
        bytes.byteOffset + reader.start,
        Math.min(reader.limit - reader.start, 256),
      )
      if (reader.field === scopeFields.name) scope.name = text.toString()
      else if (reader.field === scopeFields.version) scope.version = text.toString()
    }
  }
  return memberOf('otel.scope', scope)
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
