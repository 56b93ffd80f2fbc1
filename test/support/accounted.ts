// Whether a record of many items is accounted for: a row for each part, each with a reason or readable attributes.

import { expect } from 'vitest'
import { quarantineReasons } from '../../schemas/quarantine.ts'
import type { DecodedLines } from './decode-lines.ts'

export function expectAccounted({ events, quarantine }: DecodedLines): void {
  const rows = [...events, ...quarantine]
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.map(({ index }) => index).sort((a, b) => a - b)).toEqual(rows.map((_, at) => at))
  for (const { reason, detail } of quarantine) {
    expect(Object.keys(quarantineReasons)).toContain(reason)
    expect(detail).not.toMatch(/[\r\n]/)
  }
  for (const { attributes } of events) if (attributes !== '') expect(typeof JSON.parse(attributes)).toBe('object')
}
