// What recorded lines teach an exercise, and how that is written for its realm.

import { describe, expect, it } from 'vitest'
import { accessLineWith } from '../../../test/support/access-line.ts'
import { openLineDecoder } from '../../../test/support/decode-lines.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { ephemeralScrubKey } from '../data-folder.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { givenHeaders, givenLines } from './given-lines.ts'
import { learnBaseline } from './learn-baseline.ts'

const settings = defaultSettings()
const scrubber = openScrubber(ephemeralScrubKey(), settings.scrub)
const identityOf = (name: string): string => `spiffe://cluster.local/ns/shop/sa/${name}`
const call = (caller: string, hour: number): string =>
  accessLineWith({
    start_time: `2025-03-10T0${hour}:14:22.318Z`,
    request_id: `${caller}-${hour}`,
    downstream_remote_address: `10.20.3.${hour}:51834`,
    source_principal: identityOf(caller),
    xfcc: `By=${identityOf('payments')};Hash=ab;URI=${identityOf(caller)}`,
  })
const lines = [1, 2, 3].map((hour) => call('cart', hour)).concat(call('ledger', 1))
const taught = (order: readonly string[]) =>
  learnBaseline([{ name: 'mesh', format: 'auto', lines: order }], settings, scrubber)

describe('the baseline of a story', () => {
  it('holds the edges with enough support, whatever order its lines stand in', () => {
    const { edges, version } = taught(lines)
    expect(edges).toMatchObject([{ caller: identityOf('cart'), destination: identityOf('payments'), hours: 3 }])
    expect(taught(lines.toReversed())).toEqual({ edges, version })
  })

  it('becomes decisions that the decoder takes from the collector alone, several where an edge has many routes', () => {
    const { version, edges } = taught(lines)
    const routes = Array.from({ length: 120 }, (_, nth) => ({ method: 'GET', route: `/v1/${nth}` }))
    const wide = { version, edges: edges.map((edge) => ({ ...edge, routes })) }
    const given = givenLines(wide, { by: 'anna', note: 'what run 1 takes for learned', at: 1_741_600_000_000 })
    expect(given).toHaveLength(3)
    const decode = openLineDecoder()
    const { events } = decode(given[2] ?? '', givenHeaders)
    expect(events).toMatchObject([{ action: 'baseline.give', caller: identityOf('cart'), resource: version }])
    const forged = decode(given[2] ?? '', { ...givenHeaders, receiver: 'http' })
    expect(forged.quarantine).toMatchObject([{ reason: 'forged-decision' }])
  })
})
