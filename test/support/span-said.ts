// Sends one span in protobuf through the record decoder, with some of it changed, and shows what it then says.

import { expect } from 'vitest'
import { openLineDecoder, saidBy } from './decode-lines.ts'
import { attributesOf, type SpanJson, tracesBytes, tracesOf } from './otlp-messages.ts'

export type Attributes = Parameters<typeof attributesOf>[0]

const headers = { format: 'otlp-traces', encoding: 'protobuf' }
const resource = { 'service.name': 'payments', 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'payments-7c9' }
export const span: SpanJson = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: 'eee19b7ec3c1b173',
  name: 'POST /v1/refunds',
  kind: 2,
  startTimeUnixNano: '1793610862318999999',
  endTimeUnixNano: '1793610862321000000',
}

/** All events of the span; it must be no bad one. */
export function spanEvents(
  changes: Partial<SpanJson>,
  about: Record<string, string> = resource,
): Record<string, unknown>[] {
  const { events, quarantine } = openLineDecoder()(tracesBytes(tracesOf([{ ...span, ...changes }], about)), headers)
  expect(quarantine).toEqual([])
  return events.map(saidBy)
}

/** What a span with these attributes says. */
export function saidWith(
  attributes: Attributes,
  changes: Partial<SpanJson> = {},
  about = resource,
): Record<string, unknown> {
  return spanEvents({ attributes: attributesOf(attributes), ...changes }, about)[0] ?? {}
}
