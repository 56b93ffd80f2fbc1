// From a record of the log to rows: every line is accounted for, named by its content and placed by its coordinate.

import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { type DecodedLines, openLineDecoder } from '../../test/support/decode-lines.ts'

const line =
  '{"start_time":"2026-11-02T09:14:22.318Z","method":"GET","path":"/healthz","response_code":200,"pod":"payments-7c9","ns":"shop"}'
const audit = '2026-11-02 09:14:22 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99'

describe('a record of the log', () => {
  it('gives one row for each line, and says how many there are', () => {
    const { events, quarantine } = openLineDecoder()(`${line}\n\r\n  \nno format at all\n{"a":1\n${audit}`)
    expect(events.map(({ format, index, parts }) => [format, index, parts])).toEqual([
      ['istio-json', 0, 4],
      ['audit-line', 3, 4],
    ])
    expect(quarantine.map(({ reason, index, parts, head }) => [reason, index, parts, head])).toEqual([
      ['unknown-format', 1, 4, 'no format at all'],
      ['invalid-json', 2, 4, '{"a":1'],
    ])
  })

  it.each([
    ['nothing', ''],
    ['blank lines', '\n \r\n\t\n'],
    ['a byte order mark', '\ufeff'],
  ])('with %s is one empty part', (_, value) => {
    const { events, quarantine } = openLineDecoder()(value)
    expect(events).toEqual([])
    expect(quarantine.map(({ reason, index, parts }) => [reason, index, parts])).toEqual([['empty', 0, 1]])
  })

  it('gives every row its coordinate, tenant, realm, source and append time', () => {
    const headers = { tenant: 'acme', realm: 'exercise:r1', source: 'edge' }
    const { events, quarantine } = openLineDecoder()(`${line}\nx`, headers, 41)
    const place = { topic: 'ingest', incarnation: 'a1', partition: 0, offset: 41, parts: 2, ...headers }
    expect(events[0]).toMatchObject({ ...place, appendedAt: Date.UTC(2026, 10, 2, 9, 15), index: 0, skew: 0, copy: 0 })
    expect(quarantine[0]).toMatchObject({ ...place, appendedAt: Date.UTC(2026, 10, 2, 9, 15), index: 1 })
    expect(openLineDecoder()(line).events[0]).toMatchObject({ tenant: 'default', realm: 'live', source: '' })
  })

  it.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'invalid-utf8'],
    ['a frame of a schema registry', Buffer.from([0, 0, 0, 0, 1, 0x7b, 0x7d]), 'schema-registry-framing'],
    ['a line that is too long', 'x'.repeat(300_000), 'too-long'],
    ['deep JSON', `{"a":${'['.repeat(100)}`, 'too-deep'],
    ['many keys', `{${Array.from({ length: 3000 }, (__, at) => `"k${at}":1`).join(',')}}`, 'too-many-keys'],
    ['a key twice', '{"a":1,"a":2}', 'duplicate-keys'],
    ['an infinite number', '{"a":1e999}', 'number-out-of-range'],
    ['a CRI line that was split', '2026-11-02T09:14:22.318Z stdout P {"start_', 'partial-line'],
    ['a line without time', '{"response_code":200,"start_time":null,"upstream_cluster":"inbound|1||"}', 'missing-time'],
    ['an impossible time', '{"response_code":200,"start_time":"2026-02-30T00:00:00Z"}', 'invalid-time'],
    ['a list that is empty', '{"records":[]}', 'empty'],
    ['an envelope without a record', '{"specversion":"1.0","type":"x","id":"1","source":"a"}', 'empty'],
    ['a number where JSON should be', '12', 'unknown-format'],
  ])('puts %s aside as it is', (_, value, reason) => {
    const { events, quarantine } = openLineDecoder()(Buffer.concat([Buffer.from(value), Buffer.from(`\n${line}\n`)]))
    expect(quarantine.map((row) => row.reason)).toEqual([reason])
    expect(events).toHaveLength(1)
    expect(quarantine[0]?.bytes).toBe(Buffer.from(value).length)
    expect(quarantine[0]?.sha256).toBe(hash('sha256', Buffer.from(value), 'hex'))
    expect(Buffer.byteLength(quarantine[0]?.head ?? '')).toBeLessThanOrEqual(1024)
  })

  it('flags what is stamped more than two seconds ahead of its append, and keeps its time', () => {
    const ahead = (stamp: string): SecurityEvent | undefined =>
      openLineDecoder()(line.replace('09:14:22.318', stamp)).events[0]
    expect(ahead('09:15:02.000')).toMatchObject({ skew: 0, eventAt: Date.UTC(2026, 10, 2, 9, 15, 2) })
    expect(ahead('09:15:02.001')).toMatchObject({ skew: 1, eventAt: Date.UTC(2026, 10, 2, 9, 15, 2, 1) })
  })

  it('tells copies within its window, in one realm, and not when the same place is read again', () => {
    const decode = openLineDecoder()
    const copies = (outcome: DecodedLines): readonly number[] => outcome.events.map(({ copy }) => copy)
    expect(copies(decode(`${line}\n${line}`, {}, 7))).toEqual([0, 1])
    expect(copies(decode(`${line}\n${line}`, {}, 7))).toEqual([0, 1])
    expect(copies(decode(line, {}, 8))).toEqual([1])
    expect(copies(decode(line, { realm: 'exercise:r1' }, 9))).toEqual([0])
    expect(copies(decode(line, { tenant: 'acme' }, 10))).toEqual([0])
  })

  it('reads by the decoder that the sender names, and by no other', () => {
    expect(openLineDecoder()(line, { format: 'istio-json' }).events[0]?.format).toBe('istio-json')
    expect(openLineDecoder()(line, { format: 'auto' }).events[0]?.format).toBe('istio-json')
    expect(openLineDecoder()(line, { format: 'envoy-json' }).events[0]?.format).toBe('envoy-json')
    expect(openLineDecoder()(audit, { format: 'istio-json' }).quarantine[0]).toMatchObject({
      format: 'istio-json',
      reason: 'invalid-json',
    })
    expect(openLineDecoder()(line, { format: 'nonsense' }).quarantine[0]).toMatchObject({ reason: 'unknown-format' })
  })
})

describe('the name of an event', () => {
  const nameOf = (value: string, headers?: Record<string, string>): string | undefined => {
    const { events, quarantine } = openLineDecoder()(value, headers)
    expect(quarantine).toEqual([])
    expect(events).toHaveLength(1)
    return events[0]?.eventId
  }
  const name = nameOf(line)
  const escaped = JSON.stringify(`${line}\n`)

  it.each([
    ['with a line break', `${line}\n`],
    ['in another chunk', `\n\n${line}\r\n`],
    ['with white space between tokens', line.replaceAll(',"', ' ,\t"').replaceAll('":', '" : ')],
    ['in a Docker line', `{"log":${escaped},"stream":"stdout","time":"2026-11-02T09:14:30.1Z"}`],
    ['in a CRI line', `2026-11-02T09:14:22.400Z stdout F ${line}`],
    [
      'in Fluent Bit',
      `{"@timestamp":1793610862.3,"log":${escaped},"kubernetes":{"pod_name":"other-1","labels":{"app":"x"}}}`,
    ],
    ['in Vector', `{"message":${escaped},"source_type":"kubernetes_logs","timestamp":"2026-11-02T09:14:22.320Z"}`],
    ['in Filebeat', `{"@timestamp":"2026-11-02T09:14:22.320Z","message":${escaped},"agent":{"type":"filebeat"}}`],
    ['as the data of a CloudEvents event', `{"specversion":"1.0","id":"1","source":"//a/b","type":"t","data":${line}}`],
    [
      'as data with white space',
      `{"specversion":"1.0","id":"1","source":"//a/b","type":"t","data": ${line.replaceAll(',"', ',\t"')} }`,
    ],
    ['in a Connect schema', `{"schema":{"type":"struct"},"payload":${line}}`],
    ['in a list', `{"records":[${line}]}`],
    ['in an array', `[ ${line} ]`],
    ['in two envelopes', `2026-11-02T09:14:22.400Z stdout F {"log":${escaped},"stream":"stdout"}`],
    ['in another realm', line],
  ])('is the same %s', (_, value) => {
    expect(nameOf(value, { realm: 'exercise:x' })).toBe(name)
  })

  it('is a UUID of version 8', () => {
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('differs by tenant, by content and by decoder', () => {
    const names = [
      name,
      nameOf(line, { tenant: 'acme' }),
      nameOf(line.replace('GET', 'PUT')),
      nameOf(line, { format: 'envoy-json' }),
    ]
    expect(new Set(names).size).toBe(names.length)
  })

  it('takes time and workload from the envelope where the record has none, and only there', () => {
    const bare = '{"start_time":"2026-11-02T09:14:22.318Z","method":"GET","path":"/healthz","response_code":200}'
    const from = (pod: string): string | undefined =>
      nameOf(`{"log":${JSON.stringify(bare)},"kubernetes":{"pod_name":"${pod}","namespace_name":"shop"}}`)
    expect(from('payments-7c9')).not.toBe(from('payments-7cb'))
    expect(from('payments-7c9')).not.toBe(nameOf(bare))
    const timeless = bare.replace('"start_time":"2026-11-02T09:14:22.318Z",', '"start_time":null,')
    const at = (time: string): string | undefined =>
      nameOf(`{"log":${JSON.stringify(timeless)},"stream":"stdout","time":"${time}"}`)
    expect(at('2026-11-02T09:14:22.318Z')).not.toBe(at('2026-11-02T09:14:22.319Z'))
  })

  it('is that of its own line, whatever is put aside or written otherwise beside it', () => {
    const enveloped = `{"log":${escaped},"stream":"stdout"}`
    const timeless = line.replace('"2026-11-02T09:14:22.318Z"', 'null')
    const lines = [line, timeless, audit, 'no format', line.replace('GET', 'PUT'), `${line.slice(0, -1)} }`, enveloped]
    const decode = openLineDecoder()
    const single = lines.flatMap((one) => decode(one).events.map(({ eventId }) => eventId))
    expect(single).toHaveLength(5)
    expect(openLineDecoder()(lines.join('\n')).events.map(({ eventId }) => eventId)).toEqual(single)
  })

  it('does not change with the chunks that lines come in', () => {
    const lines = Array.from({ length: 20 }, (_, at) => line.replace('318Z', `${300 + at}Z`))
    const whole = openLineDecoder()(lines.join('\n')).events.map(({ eventId }) => eventId)
    const decode = openLineDecoder()
    const single = lines.flatMap((one) => decode(one).events.map(({ eventId }) => eventId))
    expect(whole).toEqual(single)
    expect(new Set(whole).size).toBe(20)
  })
})
