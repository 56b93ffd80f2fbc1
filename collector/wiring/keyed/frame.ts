// A record of the keyed topic: events for one share of the keys, or what another share hands over, with where it is from.

import { z } from 'zod'
import type { HandedSignal } from '../../../detectors/engine/share.ts'
import { type EventColumnName, eventColumnNames } from '../../../schemas/events/columns.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { encodeNativeBlock } from '../../../schemas/events/native-block.ts'
import { readNativeBlock } from '../../../schemas/events/read-native-block.ts'
import type { LogRecord, NewRecord } from '../../log/log.ts'

/** Of a stretch of a partition, all that is for the share: offsets behind `previous`, up to and including `to`. */
export interface Stretch {
  /** `ingest/2`, or `keyed/0`. */
  readonly from: string
  readonly previous: number
  readonly to: number
}

export interface RowsFrame extends Stretch {
  readonly kind: 'rows'
  /** Epoch ms: append time of the newest record of the stretch. */
  readonly through: number
  readonly block: Uint8Array
}

export interface Handed {
  /** How many hand-overs its reader is away from the sources. */
  readonly hops: number
  /** Offset in the partition that it is from. */
  readonly at: number
  readonly signal: HandedSignal
}

export interface HandedFrame extends Stretch {
  readonly kind: 'handed'
  /** By hand-over, from the first: everything appended up to then was handed over; epoch ms, null: not known yet. */
  readonly levels: readonly (number | null)[]
  readonly handed: readonly Handed[]
}

export type Frame = RowsFrame | HandedFrame

/** A record of the keyed topic that nobody of ours wrote. */
export class MalformedFrame extends Error {
  readonly code = 'ERR_MALFORMED_FRAME'
  readonly retryable = false
}

const nothing = new Uint8Array(0)
/** Known from the frame, or of no use to detectors. */
const leftOut: ReadonlySet<EventColumnName> = new Set(['topic', 'incarnation', 'partition', 'copy', 'parts'])

export function rowsFrame(
  { from, previous, to }: Stretch,
  through: number,
  batch: EventBatch,
  rows: readonly number[],
): NewRecord {
  const names = eventColumnNames.filter((name) => batch.columns[name].length > 0 && !leftOut.has(name))
  const block =
    rows.length === 0 ? nothing : Buffer.concat([...encodeNativeBlock(batch, Uint32Array.from(rows), names)])
  const headers = { kind: 'rows', from, previous: String(previous), to: String(to), through: String(through) }
  return { value: block, headers }
}

export function handedFrame(
  { from, previous, to }: Stretch,
  levels: readonly (number | null)[],
  handed: readonly Handed[],
): NewRecord {
  const headers = { kind: 'handed', from, previous: String(previous), to: String(to) }
  return { value: Buffer.from(JSON.stringify({ levels, handed })), headers }
}

const headersSchema = z.object({
  kind: z.enum(['rows', 'handed']),
  from: z.string(),
  previous: z.coerce.number(),
  to: z.coerce.number(),
  through: z.coerce.number().optional(),
})

const handedSchema = z.strictObject({
  levels: z.array(z.number().nullable()),
  handed: z.array(
    z.strictObject({
      hops: z.int().min(1),
      at: z.int(),
      // Facts are of the stage that reads them.
      signal: z.custom<HandedSignal>((value) => typeof value === 'object' && value !== null && 'signal' in value),
    }),
  ),
})

/** @throws MalformedFrame */
export function readFrame({ headers, value }: Pick<LogRecord, 'headers' | 'value'>): Frame {
  try {
    const { kind, through = 0, ...stretch } = headersSchema.parse(headers)
    if (kind === 'rows') return { kind, ...stretch, through, block: value ?? nothing }
    return { kind, ...stretch, ...handedSchema.parse(JSON.parse(Buffer.from(value ?? nothing).toString('utf8'))) }
  } catch (cause) {
    throw new MalformedFrame('a record of the keyed topic is no frame', { cause })
  }
}

/** Appends the rows of the frame to the batch, in which their offsets are those of the ingest partition. */
export function readRows({ block }: RowsFrame, batch: EventBatch): void {
  if (block.length === 0) return
  try {
    readNativeBlock(block, batch)
  } catch (cause) {
    throw new MalformedFrame('the rows of a frame cannot be read', { cause })
  }
}
