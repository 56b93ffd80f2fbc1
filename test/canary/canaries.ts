// Records of every form with one planted secret each, in every way to write it, for tests that search for what was kept.

import { openRandom } from './random.ts'
import { makeSecret, type Place, secretKinds } from './secrets.ts'

export interface Canary {
  readonly kind: string
  readonly form: string
  readonly spelling: string
  /** One record without a line break. */
  readonly record: string
  /** Parts of the secret that must be found nowhere, plain, and as the record writes them. */
  readonly needles: readonly string[]
}

type Spelling = (value: string) => string

const hexOf = (byte: number, width: number) => byte.toString(16).padStart(width, '0')
const unicode = (character: string) => `\\u${hexOf(character.charCodeAt(0), 4)}`
const percent = (value: string) => [...Buffer.from(value)].map((byte) => `%${hexOf(byte, 2).toUpperCase()}`).join('')
const quoted = (value: string) => JSON.stringify(value).slice(1, -1)

/** How a string is written between the quotation marks of JSON. */
const inJson: Readonly<Record<string, Spelling>> = {
  plain: quoted,
  'slashes escaped': (value) => quoted(value).replaceAll('/', '\\/'),
  'first letter as unicode': (value) => unicode(value.charAt(0)) + quoted(value.slice(1)),
  'all as unicode': (value) => [...value].map(unicode).join(''),
  'dots as unicode': (value) => quoted(value).replaceAll('.', '\\u002e'),
}

const inQuery: Readonly<Record<string, Spelling>> = {
  component: encodeURIComponent,
  'all as percent': percent,
  'encoded twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  'first letter as percent': (value) => percent(value.charAt(0)) + encodeURIComponent(value.slice(1)),
}

const common = { start_time: '2026-11-02T09:14:22.318Z', method: 'POST', response_code: 200 }

/** JSON whose one string is spelled as wanted. */
function jsonWith(shape: (mark: string) => unknown, value: string, spelling: Spelling): string {
  return JSON.stringify(shape('@@')).replace('@@', () => spelling(value))
}

function jsonForms(place: Place): Readonly<Record<string, (mark: string) => unknown>> {
  const name = place.at === 'text' ? 'msg' : place.name
  return {
    ndjson: (mark) => ({ ...common, [name]: mark }),
    'headers object': (mark) => ({ ...common, request: { headers: { 'x-request-id': 'r-1', [name]: mark } } }),
    'list of values': (mark) => ({ ...common, headers: { [name]: [mark] } }),
    'json array': (mark) => [{ ...common }, { ...common, [name]: mark }],
    otlp: (mark) => ({ attributes: [{ key: name, value: { stringValue: mark } }] }),
  }
}

function ofJson(place: Place): readonly Omit<Canary, 'kind' | 'needles'>[] {
  return Object.entries(jsonForms(place)).flatMap(([form, shape]) =>
    Object.entries(inJson).flatMap(([spelling, spell]) => {
      const record = jsonWith(shape, place.value, spell)
      const nested = JSON.stringify({ log: `${record}\n`, stream: 'stdout' })
      const twice = JSON.stringify({ message: nested })
      return [
        { form, spelling, record },
        { form: `${form}, in a string`, spelling, record: nested },
        { form: `${form}, in a string of a string`, spelling, record: twice },
      ]
    }),
  )
}

function ofQuery(name: string, value: string): readonly Omit<Canary, 'kind' | 'needles'>[] {
  return Object.entries(inQuery).flatMap(([spelling, spell]) => {
    const path = `/cb?x=1&${name}=${spell(value)}&state=s-1`
    const inner = `/login?next=${encodeURIComponent(path)}`
    return [
      {
        form: 'envoy text',
        spelling,
        record: `[2026-11-02T09:14:22.318Z] "GET ${path} HTTP/1.1" 200 - 0 512 11 9 "10.20.3.7" "okhttp/4.12" "r-1" "orders.shop:8080" "-"`,
      },
      { form: 'istio json', spelling, record: JSON.stringify({ ...common, path }) },
      {
        form: 'istio json, ampersands escaped',
        spelling,
        record: JSON.stringify({ ...common, path }).replaceAll('&', '\\u0026'),
      },
      { form: 'address in an address', spelling, record: JSON.stringify({ ...common, path: inner }) },
      { form: 'form body', spelling, record: JSON.stringify({ body: `grant_type=password&${name}=${spell(value)}` }) },
    ]
  })
}

function ofText(place: Place): readonly Omit<Canary, 'kind' | 'needles'>[] {
  const { value } = place
  if (value.includes('\n')) return []
  const line = '2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND'
  if (place.at === 'text') {
    return [
      { form: 'audit line', spelling: 'plain', record: `${line} | note=${value}` },
      { form: 'text', spelling: 'plain', record: `2025-03-14T11:42:01Z WARN ${value}` },
    ]
  }
  if (/[ ;"]/.test(value)) return [{ form: 'header', spelling: 'plain', record: `> ${place.name}: ${value}` }]
  return [
    { form: 'audit line', spelling: 'plain', record: `${line} | ${place.name}=${value} | order=ORD-1201` },
    { form: 'logfmt', spelling: 'plain', record: `level=warn ${place.name}="${value}" msg="it failed"` },
    { form: 'header', spelling: 'plain', record: `2025-03-14T11:42:01Z ${place.name}: ${value}` },
    { form: 'python', spelling: 'plain', record: `INFO {'user': 'cart', '${place.name}': '${value}', 'n': 1}` },
  ]
}

/** Everything that can be made of one secret. */
export function canariesOf(kind: string, seed: number): readonly Canary[] {
  const secret = makeSecret(kind, seed)
  return secret.places.flatMap((place) => {
    const records = place.at === 'query' ? ofQuery(place.name, place.value) : [...ofJson(place), ...ofText(place)]
    const written = secret.needles.flatMap((needle) => spelledNeedles(needle))
    return records.map((record) => ({ kind, ...record, needles: written }))
  })
}

/** `count` canaries, every kind in turn, forms and spellings drawn from the seed. */
export function canaries(seed: number, count = 240): readonly Canary[] {
  const random = openRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const kind = secretKinds[index % secretKinds.length] ?? ''
    return random.pick(canariesOf(kind, seed * 1000 + index))
  })
}

function spelledNeedles(needle: string): readonly string[] {
  const all = [
    needle,
    ...Object.values(inJson).map((spell) => spell(needle)),
    ...Object.values(inQuery).map((spell) => spell(needle)),
  ]
  return [...new Set(all)].filter((each) => each.length >= 8)
}
