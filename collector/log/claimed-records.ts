// Records of a claimed topic: which claim each was written under, and what its owner called it.

import { copyHeader, type LogRecord, type RecordHeaders } from './log.ts'

/** Of a record: the claim under which it was written. */
const claimHeader = 'claim'
/** Key of the record that says from where on a claim holds. */
export const claimKey = 'claim'
const separator = '/'

export function claimedKey(epoch: number, key: string): string {
  return `${epoch}${separator}${key}`
}

export function claimHeaders(epoch: number): RecordHeaders {
  return { [claimHeader]: String(epoch) }
}

export function isCopy({ headers }: LogRecord): boolean {
  return headers[copyHeader] !== undefined
}

/** Undefined of what a later owner took away. */
export function epochOf({ key = '', headers }: LogRecord): number | undefined {
  const epoch = headers[claimHeader] ?? ''
  return key.startsWith(`${epoch}${separator}`) ? Number(epoch) : undefined
}

/** With the key that its owner gave it. */
export function asWritten(record: LogRecord): LogRecord {
  if (record.key === undefined || record.headers[claimHeader] === undefined) return record
  return { ...record, key: record.key.slice(record.key.indexOf(separator) + 1) }
}

/** Keys of claims last. */
export function claimsLast(a: string, b: string): number {
  const isClaim = (key: string): number => (key.endsWith(`${separator}${claimKey}`) ? 1 : 0)
  return isClaim(a) - isClaim(b)
}
