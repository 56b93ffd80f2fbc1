// Pages by position: the cursor names the last entry seen, so that what arrives meanwhile moves nothing.

import type { Page } from '../../../schemas/api/queries.ts'

/** Where a page ended: the value it was ordered by, and the tie-breaker. */
export interface PagePosition {
  readonly at: number
  readonly id: string
}

/** What a cursor's text says, or undefined when it is not one of ours. */
export function readCursor(text: string | undefined): PagePosition | undefined {
  if (text === undefined) return undefined
  const match = /^(-?\d{1,16})~(.{0,300})$/s.exec(Buffer.from(text, 'base64url').toString('utf8'))
  return match === null ? undefined : { at: Number(match[1]), id: match[2] ?? '' }
}

function writeCursor(position: PagePosition): string {
  return Buffer.from(`${position.at}~${position.id}`, 'utf8').toString('base64url')
}

/** `rows` holds one more than the page, where there is more. */
export function pageOf<Row, Entry>(
  rows: readonly Row[],
  limit: number,
  entry: (row: Row) => Entry,
  position: (row: Row) => PagePosition,
): Page<Entry> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const entries = shown.map(entry)
  return rows.length > limit && last !== undefined ? { entries, next: writeCursor(position(last)) } : { entries }
}
