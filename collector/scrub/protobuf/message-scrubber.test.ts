// What is taken out of protobuf messages, what stays byte for byte, and that one token is one reference everywhere.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logRecord, type Message, span } from '../../../schemas/otlp/messages.ts'
import { decode, delimited, encode, type Json, varint } from '../../../test/support/otlp-wire.ts'
import { referenceOf } from '../references.ts'
import { openScrubber } from '../scrubber.ts'
import { atOnce } from '../steps.ts'
import { openMessageScrubber } from './message-scrubber.ts'

const key = { id: 'k1', secret: new Uint8Array(32).fill(7) }
const settings = { fieldNames: ['x-shop-pin'] }
const inText = openScrubber(key, settings)
const scrubber = openMessageScrubber(inText, settings)
const limits = { depth: 16, fields: 2_000 }

const jwt = `${Buffer.from('{"alg":"RS256","kid":"k1"}').toString('base64url')}.${Buffer.from('{"sub":"u-1","jti":"j-9"}').toString('base64url')}.${'s'.repeat(86)}`
const opaque = 'q8Zr4TnX2cVb7LmPw1Ks'
const github = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`

function scrubBytes(message: Message, bytes: Buffer): Buffer {
  const body = scrubber.open(bytes, limits)
  const number = body.add(message, 0, bytes.length)
  if (typeof number !== 'number') throw new Error(number)
  atOnce(body.scrub())
  const part = body.part(number)
  if (part === undefined) throw new Error('nothing is left of it')
  return part.bytes.subarray(part.start, part.end)
}

function scrub(message: Message, object: Json): Json {
  return decode(message, scrubBytes(message, encode(message, object)))
}

const text = (stringValue: string): Json => ({ stringValue })
const pair = (name: string, value: Json): Json => ({ key: name, value })
const attribute = (name: string, value: Json): Json => ({ attributes: [pair(name, value)] })

describe('one token', () => {
  const expected = referenceOf(jwt, key)

  it('is the reference in protobuf that it is in text', () => {
    expect(inText.scrubText(`{"authorization":"Bearer ${jwt}"}`)).toBe(`{"authorization":"Bearer ${expected}"}`)
  })

  it.each<readonly [string, Json]>([
    ['an attribute', attribute('http.request.header.authorization', text(`Bearer ${jwt}`))],
    ['an attribute of any name', attribute('note', text(`it was ${jwt}, again`))],
    ['an array', attribute('http.request.header.authorization', { arrayValue: { values: [text(`Bearer ${jwt}`)] } })],
    [
      'a map in an array',
      attribute('x', { arrayValue: { values: [{ kvlistValue: { values: [pair('y', text(jwt))] } }] } }),
    ],
    ['bytes', attribute('x', { bytesValue: Buffer.from(`\u0001${jwt}\u0002`).toString('base64') })],
    ['a key', attribute(jwt, text('x'))],
    ['the name', { name: `GET /cb?access_token=${jwt}` }],
    ['an address', attribute('url.full', text(`https://shop.example/cb?access_token=${jwt}&x=1`))],
    [
      'an address in an address',
      attribute('http.target', text(`/login?next=${encodeURIComponent(`/cb?access_token=${jwt}`)}`)),
    ],
    ['JSON in a string', attribute('x', text(JSON.stringify({ token: jwt, n: 1 })))],
    ['the trace state', { traceState: `vendor=${jwt}` }],
    ['an event', { events: [{ name: 'e', attributes: [pair('x', text(jwt))] }] }],
    ['the name of an event', { events: [{ name: jwt }] }],
    ['a link', { links: [{ traceState: jwt, attributes: [] }] }],
    ['the status', { status: { message: `refused ${jwt}`, code: 2 } }],
  ])('is one reference in %s of a span', (_, object) => {
    const scrubbed = JSON.stringify(scrub(span, object))
    const decoded = scrubbed.replace(/"bytesValue":"([^"]+)"/, (_match, base64: string) =>
      Buffer.from(base64, 'base64').toString(),
    )
    expect(decoded).toContain(expected)
    expect(decoded).not.toContain('s'.repeat(40))
  })

  it.each<readonly [string, Json]>([
    ['the body', { body: text(`sent ${jwt}`) }],
    ['a map in the body', { body: { kvlistValue: { values: [pair('token', text(jwt))] } } }],
    ['the severity', { severityText: jwt }],
    ['the event name', { eventName: jwt }],
  ])('is one reference in %s of a log record', (_, object) => {
    expect(JSON.stringify(scrub(logRecord, object))).toContain(expected)
  })
})

describe('a key', () => {
  it.each([
    'password',
    'db.password',
    'http.request.header.x-api-key',
    'X-Shop-Pin',
    'app.pwd',
    'otp',
    'pass',
    'http.response.header.set_cookie',
    'cookie',
    `${'a'.repeat(60)}.password`,
  ])('%s makes its value a secret, whatever kind it is', (name) => {
    const value = name.includes('cookie') ? `sid=${opaque}` : opaque
    for (const one of [
      text(value),
      { bytesValue: Buffer.from(value).toString('base64') },
      { arrayValue: { values: [text(value)] } },
    ]) {
      for (const [message, object] of [
        [span, attribute(name, one)],
        [span, { events: [attribute(name, one)] }],
        [logRecord, { body: { kvlistValue: { values: [pair(name, one)] } } }],
      ] as const) {
        const scrubbed = scrubBytes(message, encode(message, object)).toString('latin1')
        expect(scrubbed).not.toContain(opaque)
        expect(scrubbed).toContain(referenceOf(opaque, key))
      }
    }
  })

  it('that is a secret by its length byte only is none', () => {
    const harmless = encode(span, attribute('status_code', text('pwdless')))
    expect(scrubBytes(span, harmless)).toEqual(harmless)
  })

  it('behind its value is still its key', () => {
    const backward = delimited(9, Buffer.concat([delimited(2, delimited(1, opaque)), delimited(1, 'pwd')]))
    expect(decode(span, scrubBytes(span, backward))).toEqual(attribute('pwd', text(referenceOf(opaque, key))))
    expect(decode(span, scrubBytes(span, Buffer.concat([backward, delimited(5, 'n')])))).toMatchObject({ name: 'n' })
  })

  it('of a number makes it the reference that its digits have', () => {
    expect(scrub(span, attribute('password', { intValue: '9007199254740993' }))).toEqual(
      attribute('password', text(referenceOf('9007199254740993', key))),
    )
  })
})

describe('what holds no credential', () => {
  const object = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'POST /refunds',
    kind: 2,
    startTimeUnixNano: '1793610862318000000',
    attributes: [
      pair('http.response.status_code', { intValue: '-403' }),
      pair('ratio', { doubleValue: 0.25 }),
      pair('ok', { boolValue: true }),
      pair('none', {}),
      pair('list', { arrayValue: { values: [text('a'), { intValue: '1' }, {}] } }),
      pair('user.email', text('kim@shop.example')),
    ],
    status: { code: 1 },
    flags: 257,
  }

  it('stays byte for byte, in the memory it came in', () => {
    const bytes = encode(span, object)
    const body = scrubber.open(bytes, limits)
    const number = body.add(span, 0, bytes.length)
    atOnce(body.scrub())
    expect(body.isUnchanged).toBe(true)
    expect(body.part(number as number)).toEqual({ bytes, start: 0, end: bytes.length }) // it is no problem
  })

  it('stays as it was beside what does', () => {
    const scrubbed = scrub(span, { ...object, attributes: [pair('password', text(opaque)), ...object.attributes] })
    expect(scrubbed).toEqual({
      ...object,
      attributes: [pair('password', text(referenceOf(opaque, key))), ...object.attributes],
    })
  })

  it('loses fields that are not known, and nothing else', () => {
    const unknown = Buffer.concat([delimited(99, github), varint(90 * 8), varint(7), delimited(5, 'n')])
    expect(decode(span, scrubBytes(span, unknown))).toEqual({ name: 'n' })
    const within = Buffer.concat([
      delimited(
        9,
        Buffer.concat([encode(span.fields[9]?.form as Message, pair('k', text('v'))), delimited(7, github)]),
      ),
    ])
    expect(decode(span, scrubBytes(span, within))).toEqual(attribute('k', text('v')))
  })
})

describe('a private key', () => {
  it('that was logged line by line goes from all its records', () => {
    const lines = [
      '-----BEGIN PRIVATE KEY-----',
      'A1b2'.repeat(16),
      'C3d4'.repeat(16),
      'ef==',
      '-----END PRIVATE KEY-----',
    ]
    const records = ['before', ...lines, 'after'].map((line) =>
      encode(logRecord, { severityNumber: 9, body: text(line) }),
    )
    const bytes = Buffer.concat(records)
    const body = scrubber.open(bytes, limits)
    let at = 0
    const numbers = records.map(({ length }) => {
      at += length
      return body.add(logRecord, at - length, at)
    })
    atOnce(body.scrub())
    const bodies = numbers.map((number) => {
      const part = body.part(number as number) // none is a problem
      return part === undefined ? '' : JSON.stringify(decode(logRecord, part.bytes.subarray(part.start, part.end)))
    })
    expect(bodies[0]).toContain('before')
    expect(bodies.at(-1)).toContain('after')
    expect(bodies.join('\n')).not.toMatch(/A1b2|C3d4/)
  })
})

describe('a message', () => {
  it('full of credentials is not kept', () => {
    const values = Array.from({ length: 600 }, (_, at) => text(`password=${opaque}${at} token=${github}`))
    const bytes = encode(logRecord, { body: { arrayValue: { values: [...values, ...values] } } })
    const wide = scrubber.open(bytes, { depth: 16, fields: 100_000 })
    wide.add(logRecord, 0, bytes.length)
    atOnce(wide.scrub())
    const part = wide.part(0)
    expect(part === undefined || !part.bytes.toString('latin1').includes(opaque)).toBe(true)
  })

  it('of any strings is scrubbed as the same JSON is, and nothing else of it changes', () => {
    const piece = fc.constantFrom(
      jwt,
      github,
      `password=${opaque}`,
      `"token":"${opaque}"`,
      '"',
      '\\',
      '\n',
      '\u0000',
      'é',
      ' ',
      '%70',
      '\\u0070',
      'cookie: a=',
      ':a@b',
      'x',
      'code',
      '=',
    )
    const string = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(''))
    const name = fc.constantFrom('a', 'password', 'cookie', 'authorization', 'token', 'code', 'n.pwd', 'é"')
    fc.assert(
      fc.property(fc.array(fc.tuple(name, string), { maxLength: 4 }), string, (attributes, body) => {
        const record = { body: text(body), attributes: attributes.map(([one, value]) => pair(one, text(value))) }
        const line =
          `{"body":${JSON.stringify(body)},${attributes.map(([one, value]) => `${JSON.stringify(one)}:${JSON.stringify(value)}`).join()}}`.replace(
            ',}',
            '}',
          )
        const wanted = inText.scrubText(line)
        const found = scrub(logRecord, record) as {
          body: { stringValue: string }
          attributes?: { key: string; value: { stringValue: string } }[]
        } // as encoded
        const again =
          `{"body":${JSON.stringify(found.body.stringValue)},${(found.attributes ?? []).map((one) => `${JSON.stringify(one.key)}:${JSON.stringify(one.value.stringValue)}`).join()}}`.replace(
            ',}',
            '}',
          )
        expect(again).toBe(wanted)
      }),
      { numRuns: 2000 },
    )
  })

  it('of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const body = scrubber.open(Buffer.from(bytes), limits)
        const number = body.add(logRecord, 0, bytes.length)
        atOnce(body.scrub())
        if (typeof number !== 'number') return
        const part = body.part(number)
        expect(part === undefined || part.end >= part.start).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
