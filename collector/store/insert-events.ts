// Inserts rows of an event batch as one Native block: one block of one day is one part, kept whole or not at all.

import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { snakeCase } from '../../schemas/events/column.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { columnsToSend, encodeNativeBlock } from '../../schemas/events/native-block.ts'
import { localName, type StoreCluster } from './cluster-layout.ts'
import { insertSettingsFor } from './insert-settings.ts'
import { asStoreError } from './store-error.ts'

const dayMs = 86_400_000
/** Cells encoded between two looks at the rest of the thread: some milliseconds' work. */
const turnCells = 500_000

export interface InsertOptions {
  /** Of which no other query may be running; left out: the server's choice. */
  readonly queryId?: string | undefined
  /** That the server is one of: rows go to its own table. */
  readonly cluster?: StoreCluster | undefined
}

/**
 * Resolves once the rows are stored.
 * @param rows the rows to insert, all of the batch when left out
 * @throws StoreError; rows of earlier days of the same call may then be stored already
 */
export async function insertEvents(
  client: ClickHouseClient,
  batch: EventBatch,
  { queryId, cluster, rows }: InsertOptions & { readonly rows?: Uint32Array | undefined } = {},
): Promise<void> {
  const names = columnsToSend(batch)
  const columnList = names.map((name) => `\`${snakeCase(name)}\``).join(', ')
  for (const day of splitByDay(batch, rows)) {
    try {
      const body = Readable.from(inTurns(encodeNativeBlock(batch, day, names), day?.length ?? batch.length), {
        objectMode: false,
        highWaterMark: 1 << 20,
      })
      const { stream } = await client.exec({
        query: `INSERT INTO ${localName('event_rows', cluster)} (${columnList}) FORMAT Native`,
        values: body,
        clickhouse_settings: insertSettingsFor(cluster),
        ...(queryId === undefined ? {} : { query_id: queryId }),
      })
      for await (const _ of stream) {
        // The reply must be read to its end before the connection is free again.
      }
    } catch (cause) {
      throw asStoreError(cause, 'inserting events')
    }
  }
}

/** A stream takes as much as it is given at once: judging would stand still while a large block is encoded. */
async function* inTurns(block: Iterable<Uint8Array>, rows: number): AsyncGenerator<Uint8Array> {
  let cells = 0
  for (const chunk of block) {
    cells += Math.min(rows, chunk.length)
    if (cells > turnCells) {
      await setImmediate()
      cells = 0
    }
    yield chunk
  }
}

/** Table partitions go by day of append time; an insert that touched two would be two parts. */
function splitByDay(batch: EventBatch, rows: Uint32Array | undefined): readonly (Uint32Array | undefined)[] {
  const count = rows?.length ?? batch.length
  if (count === 0) return []
  const dayAt = (at: number): number =>
    Math.floor(batch.columns.appendedAt.value(rows === undefined ? at : (rows[at] ?? 0)) / dayMs)
  // Append time never runs backwards within a partition, so equal ends mean one day.
  if (dayAt(0) === dayAt(count - 1)) return [rows]
  const days = new Map<number, number[]>()
  for (let at = 0; at < count; at++) {
    const row = rows === undefined ? at : (rows[at] ?? 0)
    const day = dayAt(at)
    const list = days.get(day)
    if (list === undefined) days.set(day, [row])
    else list.push(row)
  }
  return [...days.values()].map((list) => Uint32Array.from(list))
}
