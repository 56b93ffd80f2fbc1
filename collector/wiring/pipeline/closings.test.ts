// Decisions to close stand among the verdicts where they stood in the log.

import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import { decisionReceiver } from '../../../schemas/decision.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import { verdictRecord } from '../../../test/support/verdict-record.ts'
import { decoders } from '../../decoders/catalog.ts'
import { openRecordDecoder } from '../../decoders/decode-record.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { withClosings } from './closings.ts'

const said = { schema: 'eastwest.decision/v1', at: '2026-11-02T09:14:22.318Z', by: 'anna', note: 'two\nlines' }
const accept = { ...said, decision: 'edge.accept', caller: 'cart', destination: 'payments' }
const close = { ...said, decision: 'alert.close', alert: 'ab'.repeat(16), as: 'expected' }

function batchOf(...lines: readonly object[]): EventBatch {
  const batch = new EventBatch(4)
  const decoder = openRecordDecoder({
    decoders,
    settings: defaultSettings().decoders,
    digest: (bytes) => hash('sha256', bytes, 'binary'),
  })
  decoder.decode(
    {
      coordinate: { topic: 'ingest', incarnation: 'a', partition: 0, offset: 7 },
      value: Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
      headers: { receiver: decisionReceiver, format: 'eastwest-decision', tenant: 'shop', realm: 'exercise:1' },
      appendedAt: Date.parse(said.at) + 1,
    },
    batch,
    [],
  )
  return batch
}

it('between verdicts of the events before and after', () => {
  const batch = batchOf(accept, close, accept)
  const verdicts = [0, 2].map((index) => ({ ...verdictRecord(), position: { offset: 7, index } }))
  const judged = withClosings(verdicts, batch, 0, batch.length)
  expect(judged.map(({ position }) => position.index)).toEqual([0, 1, 2])
  expect(judged[1]).toEqual({
    tenant: 'shop',
    realm: 'exercise:1',
    alertId: 'ab'.repeat(16),
    as: 'expected',
    by: 'anna',
    note: 'two\nlines',
    decidedAt: Date.parse(said.at),
    causedBy: batch.columns.eventId.text(1),
    position: { offset: 7, index: 1 },
    appendedAt: Date.parse(said.at) + 1,
  })
})

it('alone where nothing was judged, and not at all where nobody closes anything', () => {
  const batch = batchOf(close, accept)
  expect(withClosings([], batch, 0, 1)).toHaveLength(1)
  expect(withClosings([], batch, 1, 2)).toEqual([])
})
