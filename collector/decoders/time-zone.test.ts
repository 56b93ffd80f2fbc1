// Proves that local times become the right instants, at clock changes too.

import { describe, expect, it } from 'vitest'
import { openTimeZone, timeZoneNameOf } from './time-zone.ts'

function instantIn(zoneName: string, local: string): string {
  const zone = openTimeZone(zoneName)
  if (zone === undefined) throw new Error(`no zone ${zoneName}`)
  return new Date(zone.toInstant(Date.parse(`${local}Z`))).toISOString()
}

describe('a local time in a zone', () => {
  it.each([
    ['UTC', '2025-03-14T11:42:01.250', '2025-03-14T11:42:01.250Z'],
    ['Europe/Berlin', '2025-01-14T11:42:01.250', '2025-01-14T10:42:01.250Z'],
    ['Europe/Berlin', '2025-07-14T11:42:01', '2025-07-14T09:42:01.000Z'],
    ['America/New_York', '2025-03-14T11:42:01', '2025-03-14T15:42:01.000Z'],
    ['Asia/Kolkata', '2025-03-14T11:42:01', '2025-03-14T06:12:01.000Z'],
    ['Asia/Kathmandu', '2025-03-14T11:42:01', '2025-03-14T05:57:01.000Z'],
    ['Pacific/Kiritimati', '2025-03-14T11:42:01', '2025-03-13T21:42:01.000Z'],
    ['+02:00', '2025-03-14T11:42:01', '2025-03-14T09:42:01.000Z'],
    ['-0930', '2025-03-14T11:42:01', '2025-03-14T21:12:01.000Z'],
  ])('%s %s is %s', (zone, local, expected) => {
    expect(instantIn(zone, local)).toBe(expected)
  })

  it.each([
    ['the last second before clocks go forward', 'Europe/Berlin', '2025-03-30T01:59:59', '2025-03-30T00:59:59.000Z'],
    [
      'a time that never was is read with the offset before',
      'Europe/Berlin',
      '2025-03-30T02:30:00',
      '2025-03-30T01:30:00.000Z',
    ],
    ['the first second after clocks went forward', 'Europe/Berlin', '2025-03-30T03:00:00', '2025-03-30T01:00:00.000Z'],
    [
      'a time that was twice is the first of the two',
      'Europe/Berlin',
      '2025-10-26T02:30:00',
      '2025-10-26T00:30:00.000Z',
    ],
    ['after the second of the two', 'Europe/Berlin', '2025-10-26T03:00:00', '2025-10-26T02:00:00.000Z'],
    ['the same west of Greenwich, gap', 'America/New_York', '2025-03-09T02:30:00', '2025-03-09T07:30:00.000Z'],
    ['the same west of Greenwich, overlap', 'America/New_York', '2025-11-02T01:30:00', '2025-11-02T05:30:00.000Z'],
    ['half an hour only, gap', 'Australia/Lord_Howe', '2025-10-05T02:15:00', '2025-10-04T15:45:00.000Z'],
    ['half an hour only, overlap', 'Australia/Lord_Howe', '2025-04-06T01:45:00', '2025-04-05T14:45:00.000Z'],
  ])('%s: %s %s is %s', (_, zone, local, expected) => {
    expect(instantIn(zone, local)).toBe(expected)
  })

  it('agrees with the zone’s own clock at every hour of two years, away from overlaps', () => {
    const zone = openTimeZone('Europe/Berlin')
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    const overlaps = ['2024-10-27 02', '2025-10-26 02']
    for (let at = Date.UTC(2024, 0, 1, 0, 30); at < Date.UTC(2026, 0, 1); at += 3_600_000) {
      const local = clock.format(at)
      if (overlaps.includes(local.slice(0, 13))) continue
      expect(zone?.toInstant(Date.parse(`${local.replace(' ', 'T')}Z`)), local).toBe(at)
    }
  })
})

describe('the name of a zone', () => {
  it.each(['', 'Mars/Olympus', '+25:00', '+2', '../etc/passwd', '__proto__'])('%j is no zone', (name) => {
    expect(openTimeZone(name)).toBeUndefined()
  })

  it('is the source’s own, else the default, else UTC', () => {
    const timeZones = { payments: 'Europe/Berlin', '': 'Asia/Tokyo' }
    expect(timeZoneNameOf('payments', timeZones)).toBe('Europe/Berlin')
    expect(timeZoneNameOf('orders', timeZones)).toBe('Asia/Tokyo')
    expect(timeZoneNameOf('constructor', {})).toBe('UTC')
  })
})
