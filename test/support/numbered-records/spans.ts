// Spans in OTLP's JSON, as an SDK exports them: one request for twenty of them.

import { digits, instantOf, type RecordKind } from './record-kind.ts'

const traceDigits = 32
const spanDigits = 16

function spanOf(number: number): object {
  const startNanos = `${instantOf(number)}000000`
  return {
    traceId: digits(number).padStart(traceDigits, '0'),
    spanId: digits(number).padStart(spanDigits, '1'),
    name: 'GET /v1/orders/{id}',
    kind: 2,
    startTimeUnixNano: startNanos,
    endTimeUnixNano: `${instantOf(number) + 7}000000`,
    attributes: [
      { key: 'http.request.method', value: { stringValue: 'GET' } },
      { key: 'http.response.status_code', value: { intValue: '200' } },
    ],
    status: {},
  }
}

function requestOf(numbers: readonly number[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] }
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans: numbers.map(spanOf) }] }] })
}

export const spans: RecordKind = {
  name: 'spans',
  path: '/v1/traces',
  contentType: 'application/json',
  lineOf: (number) => requestOf([number]),
  bodyOf: requestOf,
}
