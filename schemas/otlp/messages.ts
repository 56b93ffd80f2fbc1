// OTLP's messages as data: which fields each has, on the wire and in JSON. What is not named here is not kept.

import {
  anyValueFields,
  keyValueFields,
  listFields,
  logRecordFields,
  resourceFields,
  resourceItemsFields,
  scopeFields,
  scopeItemsFields,
  spanEventFields,
  spanFields,
  spanLinkFields,
  statusFields,
} from './fields.ts'
import { bytesType, fixed32Type, fixed64Type, varintType } from './protobuf-reader.ts'

/** What a field without fields of its own holds. `trace-id` and `span-id` are bytes of a fixed length, hex in JSON. */
export type ScalarForm =
  | 'text'
  | 'bytes'
  | 'trace-id'
  | 'span-id'
  | 'bool'
  | 'enum'
  | 'int64'
  | 'uint32'
  | 'fixed64'
  | 'fixed32'
  | 'double'

/** What stands out in JSON: `map` lists pairs, `list` lists values, `value` is one of several. */
export type MessageShape = 'object' | 'pair' | 'value' | 'list' | 'map'

export interface MessageField {
  readonly number: number
  /** As in JSON. */
  readonly name: string
  readonly form: ScalarForm | Message
  readonly wire: number
  readonly repeated: boolean
}

export interface Message {
  readonly name: string
  readonly shape: MessageShape
  /** By number. */
  readonly fields: readonly (MessageField | undefined)[]
  readonly byName: ReadonlyMap<string, MessageField>
}

const wires: Readonly<Record<ScalarForm, number>> = {
  text: bytesType,
  bytes: bytesType,
  'trace-id': bytesType,
  'span-id': bytesType,
  bool: varintType,
  enum: varintType,
  int64: varintType,
  uint32: varintType,
  fixed64: fixed64Type,
  fixed32: fixed32Type,
  double: fixed64Type,
}

/** Lengths of ids in bytes. */
export const idBytes = { 'trace-id': 16, 'span-id': 8 } as const

type Forms<Numbers> = { readonly [Name in keyof Numbers]: ScalarForm | Message | readonly [Message] }

/** A form in brackets is repeated. */
function fieldsOf<Numbers extends Readonly<Record<string, number>>>(
  numbers: Numbers,
  forms: Forms<Numbers>,
  names: Readonly<Record<string, string>> = {},
): MessageField[] {
  return Object.entries(numbers).map(([key, number]) => {
    const form = (forms as Readonly<Record<string, ScalarForm | Message | readonly [Message]>>)[key] // the same keys
    if (form === undefined) throw new RangeError(`field "${key}" has no form`)
    const repeated = Array.isArray(form)
    const one = repeated ? (form[0] as Message) : (form as ScalarForm | Message) // told apart just now
    return {
      number,
      name: names[key] ?? key,
      form: one,
      wire: typeof one === 'string' ? wires[one] : bytesType,
      repeated,
    }
  })
}

interface OpenMessage extends Message {
  readonly fields: (MessageField | undefined)[]
  readonly byName: Map<string, MessageField>
}

/** A message that may be named before its fields are known: values hold values. */
function openMessage(name: string, shape: MessageShape): OpenMessage {
  return { name, shape, fields: [], byName: new Map() }
}

function fill(message: OpenMessage, fields: readonly MessageField[]): Message {
  for (const field of fields) {
    message.fields[field.number] = field
    message.byName.set(field.name, field)
  }
  return message
}

function message(name: string, fields: readonly MessageField[]): Message {
  return fill(openMessage(name, 'object'), fields)
}

const value = openMessage('AnyValue', 'value')
const pair = openMessage('KeyValue', 'pair')
const list = openMessage('ArrayValue', 'list')
const map = openMessage('KeyValueList', 'map')
export const keyValue: Message = fill(pair, fieldsOf(keyValueFields, { key: 'text', value }))
fill(list, fieldsOf(listFields, { values: [value] }))
fill(map, fieldsOf(listFields, { values: [pair] }))
export const anyValue: Message = fill(
  value,
  fieldsOf(
    anyValueFields,
    { string: 'text', bool: 'bool', int: 'int64', double: 'double', array: list, map, bytes: 'bytes' },
    {
      string: 'stringValue',
      bool: 'boolValue',
      int: 'intValue',
      double: 'doubleValue',
      array: 'arrayValue',
      map: 'kvlistValue',
      bytes: 'bytesValue',
    },
  ),
)

export const resource = message(
  'Resource',
  fieldsOf(resourceFields, { attributes: [keyValue], droppedAttributesCount: 'uint32' }),
)
export const scope = message(
  'InstrumentationScope',
  fieldsOf(scopeFields, { name: 'text', version: 'text', attributes: [keyValue], droppedAttributesCount: 'uint32' }),
)

const spanEvent = message(
  'Event',
  fieldsOf(spanEventFields, {
    timeUnixNano: 'fixed64',
    name: 'text',
    attributes: [keyValue],
    droppedAttributesCount: 'uint32',
  }),
)
const spanLink = message(
  'Link',
  fieldsOf(spanLinkFields, {
    traceId: 'trace-id',
    spanId: 'span-id',
    traceState: 'text',
    attributes: [keyValue],
    droppedAttributesCount: 'uint32',
    flags: 'fixed32',
  }),
)
const status = message('Status', fieldsOf(statusFields, { message: 'text', code: 'enum' }))

export const span = message(
  'Span',
  fieldsOf(spanFields, {
    traceId: 'trace-id',
    spanId: 'span-id',
    traceState: 'text',
    parentSpanId: 'span-id',
    name: 'text',
    kind: 'enum',
    startTimeUnixNano: 'fixed64',
    endTimeUnixNano: 'fixed64',
    attributes: [keyValue],
    droppedAttributesCount: 'uint32',
    events: [spanEvent],
    droppedEventsCount: 'uint32',
    links: [spanLink],
    droppedLinksCount: 'uint32',
    status,
    flags: 'fixed32',
  }),
)

export const logRecord = message(
  'LogRecord',
  fieldsOf(logRecordFields, {
    timeUnixNano: 'fixed64',
    severityNumber: 'enum',
    severityText: 'text',
    body: anyValue,
    attributes: [keyValue],
    droppedAttributesCount: 'uint32',
    flags: 'fixed32',
    traceId: 'trace-id',
    spanId: 'span-id',
    observedTimeUnixNano: 'fixed64',
    eventName: 'text',
  }),
)

/** A kind of telemetry that is taken: what its items are and what its parts are called in JSON. */
export interface Signal {
  readonly name: 'traces' | 'logs'
  /** Header `format` of its records. */
  readonly format: 'otlp-traces' | 'otlp-logs'
  readonly item: Message
  readonly resources: 'resourceSpans' | 'resourceLogs'
  readonly scopes: 'scopeSpans' | 'scopeLogs'
  readonly items: 'spans' | 'logRecords'
  /** Counts in a partial success what was not taken. */
  readonly rejected: 'rejectedSpans' | 'rejectedLogRecords'
}

export const traces: Signal = {
  name: 'traces',
  format: 'otlp-traces',
  item: span,
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  items: 'spans',
  rejected: 'rejectedSpans',
}

export const logs: Signal = {
  name: 'logs',
  format: 'otlp-logs',
  item: logRecord,
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  items: 'logRecords',
  rejected: 'rejectedLogRecords',
}

/** `schemaUrl` of both levels has the number 3, beside which they differ in names alone. */
export const schemaUrl = {
  resource: resourceItemsFields.schemaUrl,
  scope: scopeItemsFields.schemaUrl,
} as const
