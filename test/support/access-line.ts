// Runs one of our access log lines with changed keys, and shows what the event then says.

import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { DecoderSettings } from '../../collector/decoders/decoder.ts'
import { openLineDecoder, saidBy } from './decode-lines.ts'

/** A line of Istio JSON with every key of our mesh snippet, seen by the callee `payments` and called by `cart`. */
export const accessLine = readFileSync(
  new URL('../../collector/decoders/samples/istio-json-identity.jsonl', import.meta.url),
  'utf8',
).trim()

/** The line with some keys changed; null says that a value is missing, `undefined` removes the key. */
export function accessLineWith(changes: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(accessLine), ...changes })
}

/** What the changed line says; it must be no bad line. */
export function accessSaidWith(
  changes: Record<string, unknown>,
  settings: Partial<DecoderSettings> = {},
): Record<string, unknown> {
  const { events, quarantine } = openLineDecoder(settings)(accessLineWith(changes))
  expect(quarantine).toEqual([])
  return saidBy(events[0])
}
