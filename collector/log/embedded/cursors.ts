// Named cursors: where each reader wants to go on, durable in the state file.

import { borrow } from './lmdb-file.ts'
import type { StateChange, StateFile } from './state-file.ts'
import { cursorKey, sealValue, unsealOffset } from './state-keys.ts'

const longestNameBytes = 512

export interface CursorMove {
  readonly name: string
  readonly offset: number
}

/** The stored offset, or undefined when the cursor was never set or its bytes are damaged: its reader starts anew. */
export function readCursor(state: StateFile, name: string): number | undefined {
  const stored = borrow(state.file, cursorKey(name))
  return stored === undefined ? undefined : unsealOffset(stored)
}

/** Throws on a name or an offset that no cursor can have. */
export function checkMove({ name, offset }: CursorMove): void {
  if (name === '' || Buffer.byteLength(name) > longestNameBytes) {
    throw new RangeError(`a cursor name has 1 to ${longestNameBytes} bytes, not ${Buffer.byteLength(name)}`)
  }
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new RangeError(`cursor "${name}" cannot point to offset ${offset}`)
}

export function changeOf({ name, offset }: CursorMove): StateChange {
  return { key: cursorKey(name), value: sealValue(offset) }
}
