// What reading an export request gives: records for the log, and what of the request was not taken.

import { type Refusal, refuse } from '../http/refusal.ts'
import type { Rejections } from './rejections.ts'

export interface ExportBody {
  /** Scrubbed values of log records, in order; none for a request without items. */
  readonly values: readonly Uint8Array[]
  /** Spans or log records in them. */
  readonly items: number
  readonly rejections: Rejections
}

export function refuseMalformed(what: string): never {
  return refuse({
    status: 400,
    code: 'malformed-otlp',
    message: `the body is no OTLP export request: ${what}`,
    hint: 'nothing of it was taken; the content type must say what the body is',
    setting: '',
  })
}

export function refuseTooMany(what: string, most: number): never {
  return refuse({
    status: 413,
    code: 'too-many-records',
    message: `the request holds more than ${most} ${what}`,
    hint: 'send fewer in one request',
    setting: 'receivers.http.records',
  })
}

export const repeatedTooOften: Refusal = {
  status: 413,
  code: 'resource-repeated',
  message: 'the request would take more than four times its size, because its resources are large and its items many',
  hint: 'send fewer items in one request, or smaller resources',
  setting: '',
}
