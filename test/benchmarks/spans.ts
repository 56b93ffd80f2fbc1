// `npm run bench:spans`: spans a second into an event batch, by our decoder and by protobufjs with objects, side by side.

import { hash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { decoders } from '../../collector/decoders/catalog.ts'
import { openRecordDecoder } from '../../collector/decoders/decode-record.ts'
import { defaultDecoderSettings } from '../../collector/decoders/settings.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import { decodeWithProtobufjs } from './naive/protobufjs-spans.ts'
import { differences } from './same-columns.ts'
import { spanBodies } from './span-bodies.ts'
import { median, thousands } from './statistics.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
  },
})
const appendedAt = Date.UTC(2026, 10, 2, 9, 15)
const spansEach = 128
const bodies = spanBodies(64, spansEach)
const maxRows = 4096

type DecodeOne = (body: Buffer, offset: number) => void

function openOurs(batch: EventBatch): DecodeOne {
  const decoder = openRecordDecoder({
    decoders,
    settings: defaultDecoderSettings,
    digest: (bytes) => hash('sha256', bytes, 'binary'),
  })
  const headers = { format: 'otlp-traces', encoding: 'protobuf' }
  const quarantine: QuarantineRow[] = []
  return (value, offset) => {
    const coordinate = { topic: 'ingest', incarnation: 'a1', partition: 0, offset }
    decoder.decode({ coordinate, value, headers, appendedAt }, batch, quarantine)
    if (quarantine.length > 0) throw new Error(`put aside: ${quarantine[0]?.detail}`)
  }
}

function openTheirs(batch: EventBatch): DecodeOne {
  return (value, offset) => decodeWithProtobufjs(value, batch, appendedAt, offset)
}

/** Spans a second, for so many seconds. */
function rate(decode: DecodeOne, batch: EventBatch, seconds: number): number {
  const started = performance.now()
  let spans = 0
  let offset = 0
  while (performance.now() - started < seconds * 1000)
    for (const body of bodies) {
      decode(body, offset++)
      spans += spansEach
      if (batch.length >= maxRows) batch.clear()
    }
  batch.clear()
  return spans / ((performance.now() - started) / 1000)
}

const sides = [
  { name: 'eastwest', batch: new EventBatch(maxRows * 2), open: openOurs },
  { name: 'protobufjs', batch: new EventBatch(maxRows * 2), open: openTheirs },
].map(({ name, batch, open }) => ({ name, batch, decode: open(batch), rates: [] as number[] }))

const [ours, theirs] = sides
if (ours === undefined || theirs === undefined) throw new Error('two sides')
for (const { decode } of sides) bodies.slice(0, 4).forEach(decode)
const different = differences(ours.batch, theirs.batch)
if (different.length > 0) throw new Error(`the columns differ: ${different.slice(0, 5).join('; ')}`)
for (const { batch } of sides) batch.clear()

console.log(`Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`)
console.log(
  `${bodies.length} messages of ${spansEach} spans, ${Math.round(bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length / spansEach)} B a span; both gave the same columns\n`,
)
for (const { decode, batch } of sides) rate(decode, batch, 1)
for (let round = 1; round <= Number(values.rounds); round++) {
  // Whoever goes first may find a cooler machine: they take turns.
  for (const side of round % 2 === 0 ? [...sides].reverse() : sides)
    side.rates.push(rate(side.decode, side.batch, Number(values.seconds)))
  console.log(
    `round ${round}: ${sides.map(({ name, rates }) => `${name} ${thousands(rates.at(-1) ?? 0)}/s`).join(', ')}`,
  )
}
const medians = sides.map(({ rates }) => median(rates))
console.log(
  `\nmedians: ${sides.map(({ name }, at) => `${name} ${thousands(medians[at] ?? 0)} spans/s`).join(', ')}; ` +
    `${((medians[0] ?? 0) / (medians[1] ?? 1)).toFixed(2)} times`,
)
