// What a sender is told at once of what it sent.

import { describe, expect, it } from 'vitest'
import { defaultSettings } from '../settings/load-settings.ts'
import { openSniffer } from './sniff.ts'

const appendedAt = Date.parse('2026-11-02T09:00:00Z')
const good = Buffer.from('2026-11-02 08:59:59 | user_id=USR-1 | action=REFUND | order=O-1 | amount=1.00\n')
const ahead = Buffer.from('2026-11-02 11:00:00 | user_id=USR-1 | action=REFUND | order=O-1 | amount=1.00\n')
const unknown = Buffer.from('hello world\n')

describe('a sender', () => {
  it('of lines that no decoder knows is told, also when others of its source were fine', () => {
    const sniff = openSniffer(defaultSettings().decoders)
    expect(sniff(good, 'auto', 'http', appendedAt)?.warnings).toEqual([])
    expect(sniff(unknown, 'auto', 'http', appendedAt)?.warnings).toEqual([
      expect.stringMatching(/quarantine.*unknown-format/),
    ])
  })

  it('of a giant line is told nothing yet', () => {
    const sniff = openSniffer(defaultSettings().decoders)
    expect(sniff(Buffer.from(`${'x'.repeat(20_000)}\n`), 'auto', 'http', appendedAt)).toBeUndefined()
    expect(sniff(Buffer.from(`hello\n${'x'.repeat(20_000)}\n`), 'auto', 'http', appendedAt)?.warnings).toHaveLength(1)
  })

  it('whose clock or time zone is ahead is told which setting mends it', () => {
    const sniff = openSniffer(defaultSettings().decoders)
    expect(sniff(ahead, 'auto', 'till', appendedAt)).toEqual({
      warnings: [expect.stringContaining('decoders.timeZones')],
      skew: expect.stringContaining('7200 s ahead'),
    })
    expect(sniff(good, 'auto', 'till', appendedAt)?.skew).toBeUndefined()
  })

  it('of thousands of bodies a second that were fine is looked at now and then', () => {
    const sniff = openSniffer(defaultSettings().decoders)
    const looked = Array.from({ length: 2_000 }, () => sniff(good, 'auto', 'http', appendedAt)).filter(Boolean)
    expect(looked.length).toBeGreaterThanOrEqual(50)
    expect(looked.length).toBeLessThan(100)
    expect(sniff(unknown, 'auto', 'http', appendedAt + 1_000)?.warnings).toHaveLength(1)
  })
})
