// Access logs with keys of the operator's own, as the settings map them.

import { describe, expect, it } from 'vitest'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'

const accessLogKeys = {
  start_time: 'ts',
  response_code: 'status',
  path: 'uri',
  source_principal: 'peer san',
  upstream_cluster: 'cluster',
  no_such_name: 'other',
}
const line =
  '{"ts":"2026-11-02T10:14:22+01:00","status":"403","uri":"/v1/orders/91","peer san":"spiffe://td/ns/a/sa/b","cluster":"inbound|80||","path":"theirs","other":1}'

describe('an access log with mapped keys', () => {
  it('says by their keys what ours would say', () => {
    expect(saidBy(openLineDecoder({ accessLogKeys })(line).events[0])).toMatchObject({
      kind: 'access',
      format: 'envoy-json',
      eventAt: Date.UTC(2026, 10, 2, 9, 14, 22),
      outcome: 'denied',
      outcomeBasis: 'http',
      httpStatus: 403,
      path: '/v1/orders/91',
      route: '/v1/orders/{id}',
      caller: 'spiffe://td/ns/a/sa/b',
      callerFrom: 'mtls',
      reporter: 'destination',
      attributes: { path: 'theirs', other: 1 },
    })
  })

  it('is not known without the mapping', () => {
    expect(openLineDecoder()(line).quarantine[0]).toMatchObject({ reason: 'unknown-format' })
  })

  it('leaves lines with our keys what they are', () => {
    const ours = '{"start_time":"2026-11-02T09:14:22Z","response_code":200,"path":"/"}'
    expect(openLineDecoder({ accessLogKeys })(ours).events[0]).toMatchObject({ format: 'istio-json', path: '/' })
  })

  it.each([
    ['a zone of its source', { edge: 'Europe/Berlin' }, '2026-11-02 10:14:22'],
    ['the zone of all sources', { '': '+01:00' }, '2026-11-02T10:14:22.000'],
    ['UTC', {}, '2026-11-02 09:14:22,000'],
    ['seconds since 1970', {}, '1793610862'],
    ['milliseconds since 1970', {}, '1793610862000'],
  ])('takes times without a zone as in %s', (_, timeZones, stamp) => {
    const { events } = openLineDecoder({ accessLogKeys, timeZones })(line.replace(/"ts":"[^"]*"/, `"ts":"${stamp}"`), {
      source: 'edge',
    })
    expect(events[0]?.eventAt).toBe(Date.UTC(2026, 10, 2, 9, 14, 22))
  })
})
