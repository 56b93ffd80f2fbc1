// Tells OTLP's spans and log records in protobuf from each other and from everything else, where no header says what they are.

import {
  dataFields,
  logRecordFields,
  resourceItemsFields,
  scopeItemsFields,
  spanFields,
} from '../../../schemas/otlp/fields.ts'
import { bytesType, fixed64Type, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'

/** True where the first item of the message has the ids and the start of a span. */
export function looksLikeSpans(bytes: Uint8Array): boolean {
  return firstItem(bytes, (item) => {
    let signs = 0
    while (item.next()) {
      const length = item.limit - item.start
      if (item.field === spanFields.traceId && item.type === bytesType && length === 16) signs |= 1
      else if (item.field === spanFields.spanId && item.type === bytesType && length === 8) signs |= 2
      else if (item.field === spanFields.startTimeUnixNano && item.type === fixed64Type) signs |= 4
    }
    return item.problem === undefined && signs === 7
  })
}

/** True where the first item of the message has an instant where log records have theirs, and a body or attributes. */
export function looksLikeLogRecords(bytes: Uint8Array): boolean {
  return firstItem(bytes, (item) => {
    let signs = 0
    while (item.next()) {
      const { field } = item
      if (
        item.type === fixed64Type &&
        (field === logRecordFields.timeUnixNano || field === logRecordFields.observedTimeUnixNano)
      )
        signs |= 1
      else if (item.type === bytesType && (field === logRecordFields.body || field === logRecordFields.attributes))
        signs |= 2
    }
    return item.problem === undefined && signs === 3
  })
}

/** All of the message must be resources; of the first resource and scope with items the first item is looked at. */
function firstItem(bytes: Uint8Array, judge: (item: ProtobufReader) => boolean): boolean {
  const data = new ProtobufReader().open(bytes)
  let judged: boolean | undefined
  while (data.next()) {
    if (data.field !== dataFields.resources || data.type !== bytesType) return false
    judged ??= itemWithin(bytes, data.start, data.limit, judge)
    if (judged === false) return false
  }
  return data.problem === undefined && judged === true
}

function itemWithin(
  bytes: Uint8Array,
  start: number,
  end: number,
  judge: (item: ProtobufReader) => boolean,
): boolean | undefined {
  const resource = new ProtobufReader().open(bytes, start, end)
  while (resource.next()) {
    if (resource.field !== resourceItemsFields.scopes) continue
    if (resource.type !== bytesType) return false
    const scope = new ProtobufReader().open(bytes, resource.start, resource.limit)
    while (scope.next()) {
      if (scope.field !== scopeItemsFields.items) continue
      return scope.type === bytesType && judge(new ProtobufReader().open(bytes, scope.start, scope.limit))
    }
    if (scope.problem !== undefined) return false
  }
  return resource.problem === undefined ? undefined : false
}
