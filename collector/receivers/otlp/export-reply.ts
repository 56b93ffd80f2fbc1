// What an exporter is answered, in the content type of its request: success, partial success, or google.rpc.Status.

import type { Signal } from '../../../schemas/otlp/messages.ts'
import { varintType } from '../../../schemas/otlp/protobuf-reader.ts'
import {
  anyFields,
  durationFields,
  exportReplyFields,
  partialSuccessFields,
  retryInfoFields,
  retryInfoUrl,
  rpcCodes,
  rpcStatusFields,
} from '../../../schemas/otlp/services.ts'
import { WireWriter } from '../../scrub/protobuf/wire-writer.ts'
import type { Refusal } from '../http/refusal.ts'

export type Encoding = 'protobuf' | 'json'

export const contentTypes: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** What was not taken, and why; nothing when `message` is empty. */
export interface PartialSuccess {
  readonly rejected: number
  /** Without a rejected item it is a warning. */
  readonly message: string
}

/** `Export…ServiceResponse`. */
export function exportReply(
  encoding: Encoding,
  rejectedName: Signal['rejected'] | 'rejectedDataPoints',
  { rejected, message }: PartialSuccess,
): Buffer {
  if (encoding === 'json') {
    // 64-bit numbers are strings in the JSON of protobuf.
    const partialSuccess = { [rejectedName]: String(rejected), errorMessage: message }
    return Buffer.from(JSON.stringify(message === '' ? {} : { partialSuccess }))
  }
  const writer = new WireWriter()
  if (message === '') return writer.done()
  const opened = writer.open(exportReplyFields.partialSuccess)
  if (rejected > 0) numberField(writer, partialSuccessFields.rejected, rejected)
  writer.bytesField(partialSuccessFields.errorMessage, Buffer.from(message))
  writer.close(opened)
  return writer.done()
}

/** `google.rpc.Status` of a refusal, with `RetryInfo` where it may be sent again. */
export function statusReply(encoding: Encoding, refusal: Refusal): Buffer {
  const message = messageOf(refusal)
  const code = rpcCodeOf(refusal)
  const seconds = refusal.retryAfterSeconds
  if (encoding === 'json') {
    const details = seconds === undefined ? [] : [{ '@type': retryInfoUrl, retryDelay: `${seconds}s` }]
    return Buffer.from(JSON.stringify({ code, message, details }))
  }
  const writer = new WireWriter()
  numberField(writer, rpcStatusFields.code, code)
  writer.bytesField(rpcStatusFields.message, Buffer.from(message))
  if (seconds !== undefined) {
    const any = writer.open(rpcStatusFields.details)
    writer.bytesField(anyFields.typeUrl, Buffer.from(retryInfoUrl))
    const retryInfo = writer.open(anyFields.value)
    const delay = writer.open(retryInfoFields.retryDelay)
    numberField(writer, durationFields.seconds, seconds)
    writer.close(delay)
    writer.close(retryInfo)
    writer.close(any)
  }
  return writer.done()
}

/** Everything a refusal says, in the one text that a status has. */
export function messageOf({ code, message, hint, setting }: Refusal): string {
  return `${code}: ${message}; ${hint}${setting === '' ? '' : ` (${setting})`}`
}

export function rpcCodeOf({ status }: Refusal): number {
  switch (status) {
    case 401:
      return rpcCodes.unauthenticated
    case 403:
    case 421:
      return rpcCodes.permissionDenied
    case 404:
    case 405:
      return rpcCodes.unimplemented
    case 408:
      return rpcCodes.deadlineExceeded
    case 429:
      return rpcCodes.resourceExhausted
    case 503:
    case 507:
      return rpcCodes.unavailable
    case 400:
    case 411:
    case 413:
    case 415:
    case 431:
      return rpcCodes.invalidArgument
    default: {
      const unknown: never = status
      return unknown
    }
  }
}

function numberField(writer: WireWriter, field: number, value: number): void {
  writer.tag(field, varintType)
  writer.varint(value)
}
