// A record of the findings topic: what a stretch of another partition makes of the alerts of one partition.

import { z } from 'zod'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import { judgedRecordSchema } from '../../../schemas/verdict-record.ts'
import type { LogRecord, NewRecord } from '../../log/log.ts'

export interface FindingsFrame {
  /** `keyed/2`, or `ingest/2/…` and its incarnation of what people decided: positions of the records count there. */
  readonly from: string
  /** Everything up to this offset of it that is for the partition has come with this frame. */
  readonly to: number
  readonly records: readonly JudgedRecord[]
}

/** A record of the findings topic that nobody of ours wrote. */
export class MalformedFindings extends Error {
  readonly code = 'ERR_MALFORMED_FINDINGS'
  readonly retryable = false
}

const headersSchema = z.object({ from: z.string(), to: z.coerce.number() })

export function findingsFrame({ from, to, records }: FindingsFrame): NewRecord {
  return { value: Buffer.from(JSON.stringify(records)), headers: { from, to: String(to) } }
}

/** @throws MalformedFindings */
export function readFindings({ headers, value }: Pick<LogRecord, 'headers' | 'value'>): FindingsFrame {
  try {
    const records = z.array(judgedRecordSchema).parse(JSON.parse(Buffer.from(value ?? []).toString('utf8')))
    return { ...headersSchema.parse(headers), records }
  } catch (cause) {
    throw new MalformedFindings('a record of the findings topic cannot be read', { cause })
  }
}

/** Partition of an alert's findings, revisions and deliveries. @param alertId hex */
export function partitionOfAlert(alertId: string, partitions: number): number {
  return Number.parseInt(alertId.slice(0, 8), 16) % partitions
}
