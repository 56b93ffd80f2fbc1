// Planted secrets as OTLP carries them: attributes, bodies, headers, addresses, nested and as bytes, in both encodings.

import { logRecord, logs, type Message, type Signal, span, traces } from '../../schemas/otlp/messages.ts'
import { delimited, encode, encodeExport, type Json } from '../support/otlp-wire.ts'
import { canaries } from './canaries.ts'
import { makeSecret, type Place, secretKinds } from './secrets.ts'

/** One item with one secret. */
export interface OtlpCanary {
  readonly kind: string
  readonly signal: Signal
  readonly item: Json
  readonly needles: readonly string[]
}

const text = (stringValue: string): Json => ({ stringValue })
const pair = (key: string, value: Json): Json => ({ key, value })

/** Every way a value stands under a name in OTLP. */
function valuesOf(value: string): readonly Json[] {
  return [
    text(value),
    { bytesValue: Buffer.from(value).toString('base64') },
    { arrayValue: { values: [text('first'), text(value)] } },
  ]
}

function itemsOf(place: Place): readonly (readonly [Signal, Json])[] {
  const { value } = place
  if (place.at === 'query') {
    const path = `/cb?x=1&${place.name}=${encodeURIComponent(value)}&state=s-1`
    return [
      [traces, { name: `GET ${path}` }],
      [traces, { attributes: [pair('url.full', text(`https://shop.example${path}`))] }],
      [traces, { attributes: [pair('http.target', text(`/login?next=${encodeURIComponent(path)}`))] }],
      [logs, { body: text(`GET ${path} 200`) }],
    ]
  }
  const name = place.at === 'field' ? place.name : 'note'
  const pairs = valuesOf(value).map((one) => pair(name, one))
  const header = pair(`http.request.header.${name.toLowerCase()}`, { arrayValue: { values: [text(value)] } })
  return [
    ...pairs.map((attribute) => [traces, { name: 'n', attributes: [attribute] }] as const),
    // No header is called `code`.
    ...(name === 'code' ? [] : ([[traces, { attributes: [header] }]] as const)),
    [traces, { events: [{ name: 'e', attributes: pairs }] }],
    [traces, { links: [{ attributes: pairs }] }],
    [traces, { status: { message: `${name}: ${value}`, code: 2 } }],
    [logs, { attributes: pairs }],
    [logs, { body: { kvlistValue: { values: pairs } } }],
    [logs, { body: text(JSON.stringify({ [name]: value })) }],
    [logs, { body: text(`${name}=${JSON.stringify(value)}`) }],
    ...(place.at === 'text'
      ? ([
          [logs, { body: text(value) }],
          [traces, { traceState: `v=${value}` }],
        ] as const)
      : []),
  ]
}

/** Every kind of secret in every form. */
export function otlpCanaries(seed: number): readonly OtlpCanary[] {
  return secretKinds.flatMap((kind, at) => {
    const secret = makeSecret(kind, seed * 1000 + at)
    return secret.places.flatMap((place) =>
      itemsOf(place).map(([signal, item]) => ({ kind, signal, item, needles: secret.needles })),
    )
  })
}

/** Records of other forms as bodies of log records. */
export function lineCanaries(seed: number): readonly OtlpCanary[] {
  return canaries(seed).map(({ kind, record, needles }) => ({
    kind,
    signal: logs,
    item: { body: text(record) },
    needles,
  }))
}

export function inProtobuf(signal: Signal, items: readonly Json[], marker: string): Buffer {
  const resource = { attributes: [pair('service.name', text(marker))] }
  return encodeExport(signal, [{ resource, scopes: [{ scope: { name: 'lib' }, items }] }])
}

export function inJson(signal: Signal, items: readonly Json[], marker: string): string {
  const resource = { attributes: [pair('service.name', text(marker))] }
  return JSON.stringify({
    [signal.resources]: [{ resource, [signal.scopes]: [{ scope: { name: 'lib' }, [signal.items]: items }] }],
  })
}

/** Where no reader of OTLP looks: unknown fields at every level; and under the name of a credential in resource and scope. */
export function hiddenPlaces(token: string): readonly (readonly [Signal, Buffer])[] {
  const hidden = (message: Message, item: Json): Json =>
    Buffer.concat([delimited(200, token), encode(message, item)]) as unknown as Json // bytes stand for the item
  const attributes = [pair('password', text(token))]
  const schemaUrl = `https://u:${token}@h/?access_token=${token}`
  return [
    [traces, encodeExport(traces, [{ scopes: [{ items: [hidden(span, { name: 'n' })] }] }], [delimited(9, token)])],
    [logs, encodeExport(logs, [{ scopes: [{ items: [hidden(logRecord, {})] }] }])],
    [
      traces,
      encodeExport(traces, [
        { resource: { attributes }, schemaUrl, scopes: [{ scope: { attributes }, schemaUrl, items: [{ name: 'n' }] }] },
      ]),
    ],
  ]
}
