// Cursors as records of the control topic.

import type { LogRecord, NewRecord } from '../log.ts'

const prefix = 'cursor/'

export function cursorKey(name: string): string {
  return `${prefix}${name}`
}

export function cursorRecord(name: string, offset: number): NewRecord {
  return { key: cursorKey(name), value: Buffer.from(String(offset)) }
}

export function isCursor({ key }: LogRecord): boolean {
  return key?.startsWith(prefix) === true
}

export function cursorOf(record: LogRecord | undefined): number | undefined {
  if (record === undefined || record.value === null) return undefined
  const offset = Number(Buffer.from(record.value).toString('latin1'))
  return Number.isSafeInteger(offset) ? offset : undefined
}
