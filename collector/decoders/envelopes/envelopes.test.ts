// What envelopes carry, what they say about it, and what may never be taken for one.

import { describe, expect, it } from 'vitest'
import { linesOf, openLineDecoder, saidBy } from '../../../test/support/decode-lines.ts'

const samples = linesOf(import.meta.url, '../samples/envelopes.jsonl')
const said = (line: string): Record<string, unknown> => saidBy(openLineDecoder()(line).events[0])
const bare = '{"start_time":"2026-11-02T09:14:22.318Z","method":"GET","path":"/healthz","response_code":200}'
const quoted = JSON.stringify(bare)
const event = {
  kind: 'access',
  format: 'istio-json',
  eventAt: Date.UTC(2026, 10, 2, 9, 14, 22, 318),
  outcome: 'allowed',
  outcomeBasis: 'http',
  method: 'GET',
  path: '/healthz',
  route: '/healthz',
  httpStatus: 200,
}

describe('the samples', () => {
  it('Fluent Bit', () => {
    expect(said(samples[0] ?? '')).toEqual({
      ...event,
      workload: 'payments',
      namespace: 'shop',
      instance: 'payments-7c9',
    })
  })

  it('Vector, with the same name for the event', () => {
    expect(said(samples[1] ?? '')).toEqual({
      ...event,
      workload: 'payments',
      namespace: 'shop',
      instance: 'payments-7c9',
    })
    const names = [0, 1].map((at) => openLineDecoder()(samples[at] ?? '').events[0]?.eventId)
    expect(names[0]).toBe(names[1])
  })

  it('CloudEvents, whose type says what happened', () => {
    expect(said(samples[2] ?? '')).toMatchObject({
      kind: 'action',
      format: 'app-json',
      eventAt: Date.UTC(2026, 10, 2, 9, 14, 22, 318),
      workload: 'payments',
      action: 'refund',
      operationId: 'rf_91',
      amountMinor: 4200,
      currency: 'EUR',
      actor: 'svc:cart',
    })
  })

  it('Kafka Connect, whose record says too little', () => {
    const { events, quarantine } = openLineDecoder()(samples[3] ?? '')
    expect(events).toEqual([])
    expect(quarantine.map(({ reason, format, head }) => [reason, format, head])).toEqual([
      ['missing-field', 'app-json', '{"refund_id":"rf_91"}'],
    ])
  })
})

describe('an envelope', () => {
  it.each([
    [
      'Fluent Bit, by the canonical name',
      {
        log: bare,
        kubernetes: {
          pod_name: 'x-1',
          namespace_name: 'shop',
          labels: { app: 'a', 'service.istio.io/canonical-name': 'pay', team: 'money' },
        },
      },
      { workload: 'pay', namespace: 'shop', instance: 'x-1', owner: 'money' },
    ],
    [
      'Fluent Bit, by its pod',
      { log: bare, kubernetes: { pod_name: 'payments-7c9d8f6b5-x2x9z' } },
      { workload: 'payments', instance: 'payments-7c9d8f6b5-x2x9z' },
    ],
    [
      'Vector, by its owner',
      {
        message: bare,
        source_type: 'kubernetes_logs',
        kubernetes: { pod_name: 'p', pod_owner: 'ReplicaSet/ledger-7c9d8f6b5' },
      },
      { workload: 'ledger', instance: 'p' },
    ],
    [
      'Filebeat',
      {
        message: bare,
        agent: { type: 'filebeat' },
        kubernetes: {
          namespace: 'shop',
          pod: { name: 'p' },
          deployment: { name: 'ledger' },
          container: { name: 'istio-proxy' },
        },
      },
      { workload: 'ledger', namespace: 'shop', instance: 'p' },
    ],
    ['Logstash', { message: bare, '@version': '1', host: 'vm-7' }, { instance: 'vm-7' }],
    ['Docker', { log: `${bare}\n`, stream: 'stdout', time: '2026-11-02T09:14:22.318Z' }, {}],
    [
      'Docker in Fluent Bit',
      { log: JSON.stringify({ log: bare, stream: 'stderr' }), kubernetes: { pod_name: 'payments-0' } },
      { workload: 'payments', instance: 'payments-0' },
    ],
  ])('%s', (_, envelope, facts) => {
    expect(said(JSON.stringify(envelope))).toEqual({ ...event, ...facts })
  })

  it('gives its time to a record that has none: the innermost one', () => {
    const timeless = JSON.stringify(bare.replace(/"start_time":"[^"]*"/, '"start_time":null'))
    expect(said(`2026-11-02T09:14:23Z stdout F {"log":${timeless},"stream":"stdout"}`).eventAt).toBe(
      Date.UTC(2026, 10, 2, 9, 14, 23),
    )
    expect(
      said(`2026-11-02T09:14:23Z stdout F {"log":${timeless},"stream":"stdout","time":"2026-11-02T09:14:21Z"}`).eventAt,
    ).toBe(Date.UTC(2026, 10, 2, 9, 14, 21))
  })

  it('makes an inbound call one to its own workload, and an outbound one a call from it', () => {
    const inner = (cluster: string): string =>
      JSON.stringify(bare.replace('"method"', `"upstream_cluster":"${cluster}","method"`))
    const from = (cluster: string): Record<string, unknown> =>
      said(`{"log":${inner(cluster)},"kubernetes":{"pod_name":"payments-7c9","namespace_name":"shop"}}`)
    expect(from('inbound|80||')).toMatchObject({ destination: 'payments.shop', destinationFrom: 'envelope' })
    expect(from('outbound|80||a.b.svc.cluster.local')).toMatchObject({
      caller: 'payments.shop',
      callerFrom: 'envelope',
      destination: 'a.b',
    })
  })

  it('that was merged into the record still says whose it is', () => {
    const merged = bare.replace('}', ',"kubernetes":{"pod_name":"payments-7c9","namespace_name":"shop"}}')
    expect(said(merged)).toMatchObject({
      format: 'istio-json',
      workload: 'payments',
      namespace: 'shop',
      instance: 'payments-7c9',
    })
  })

  it('carries many records, and one bad one harms no other', () => {
    const { events, quarantine } = openLineDecoder()(`{"records":[${bare},{"a":1},${bare},7]}`)
    expect(events.map(({ index, parts }) => [index, parts])).toEqual([
      [0, 4],
      [2, 4],
    ])
    expect(quarantine.map(({ index, reason, head }) => [index, reason, head])).toEqual([
      [1, 'unknown-format', '{"a":1}'],
      [3, 'unknown-format', '7'],
    ])
  })

  it('is taken off three times and no more', () => {
    const docker = (inner: string): string => JSON.stringify({ log: inner, stream: 'stdout' })
    expect(said(docker(docker(docker(bare)))).format).toBe('istio-json')
    expect(openLineDecoder()(docker(docker(docker(docker(bare))))).quarantine).toHaveLength(1)
  })
})

describe('what users type', () => {
  it.each([
    ['a message of an application', `{"level":"info","time":"2026-11-02T09:14:22Z","message":${quoted}}`],
    [
      'a message that a shipper lifted',
      `{"level":"info","time":"2026-11-02T09:14:22Z","message":${quoted},"source_type":"kubernetes_logs"}`,
    ],
    [
      'a message beside a pod',
      `{"user_id":"U","message":${quoted},"agent":{"type":"filebeat"},"kubernetes":{"pod":{"name":"p"}}}`,
    ],
    ['a log of an application', `{"level":"info","log":${quoted}}`],
    ['a msg', `{"msg":${quoted},"stream":"stdout"}`],
  ])('as %s is never taken for a proxy’s line', (_, line) => {
    const { events } = openLineDecoder()(line)
    expect(events.map(({ kind }) => kind)).not.toContain('access')
  })
})
