// The shapes of OTLP's messages in JSON, by the fields that they have in protobuf.

import {
  anyValueFields,
  keyValueFields,
  listFields,
  logRecordFields,
  resourceFields,
  scopeFields,
  spanEventFields,
  spanFields,
  spanLinkFields,
  statusFields,
} from '../../../schemas/otlp/fields.ts'

/**
 * - `hex`: bytes in hex, of either case. `base64`: bytes in base64. `text`: UTF-8.
 * - `unsigned`, `signed`: varints. `fixed64`, `fixed32`, `double`: numbers of so many bits. `bool`.
 */
export type ScalarForm = 'hex' | 'base64' | 'text' | 'unsigned' | 'signed' | 'fixed64' | 'fixed32' | 'double' | 'bool'

export interface FieldForm {
  readonly key: string
  readonly field: number
  readonly form: ScalarForm | (() => MessageForm)
  readonly isRepeated: boolean
  /** `{}` stands for nothing: SDKs then write no field. */
  readonly isLeftOutEmpty?: true
}

/** In the order in which the fields are written: by number, as generated writers do. */
export type MessageForm = readonly FieldForm[]

function one(key: string, field: number, form: FieldForm['form']): FieldForm {
  return { key, field, form, isRepeated: false }
}

function many(key: string, field: number, form: FieldForm['form']): FieldForm {
  return { key, field, form, isRepeated: true }
}

export const anyValueForm: MessageForm = [
  one('stringValue', anyValueFields.string, 'text'),
  one('boolValue', anyValueFields.bool, 'bool'),
  one('intValue', anyValueFields.int, 'signed'),
  one('doubleValue', anyValueFields.double, 'double'),
  one('arrayValue', anyValueFields.array, () => arrayForm),
  one('kvlistValue', anyValueFields.map, () => mapForm),
  one('bytesValue', anyValueFields.bytes, 'base64'),
]
const keyValueForm: MessageForm = [
  one('key', keyValueFields.key, 'text'),
  one('value', keyValueFields.value, () => anyValueForm),
]
const arrayForm: MessageForm = [many('values', listFields.values, () => anyValueForm)]
const mapForm: MessageForm = [many('values', listFields.values, () => keyValueForm)]

export const resourceForm: MessageForm = [
  many('attributes', resourceFields.attributes, () => keyValueForm),
  one('droppedAttributesCount', resourceFields.droppedAttributesCount, 'unsigned'),
]
export const scopeForm: MessageForm = [
  one('name', scopeFields.name, 'text'),
  one('version', scopeFields.version, 'text'),
  many('attributes', scopeFields.attributes, () => keyValueForm),
  one('droppedAttributesCount', scopeFields.droppedAttributesCount, 'unsigned'),
]

const eventForm: MessageForm = [
  one('timeUnixNano', spanEventFields.timeUnixNano, 'fixed64'),
  one('name', spanEventFields.name, 'text'),
  many('attributes', spanEventFields.attributes, () => keyValueForm),
  one('droppedAttributesCount', spanEventFields.droppedAttributesCount, 'unsigned'),
]
const linkForm: MessageForm = [
  one('traceId', spanLinkFields.traceId, 'hex'),
  one('spanId', spanLinkFields.spanId, 'hex'),
  one('traceState', spanLinkFields.traceState, 'text'),
  many('attributes', spanLinkFields.attributes, () => keyValueForm),
  one('droppedAttributesCount', spanLinkFields.droppedAttributesCount, 'unsigned'),
  one('flags', spanLinkFields.flags, 'fixed32'),
]
const statusForm: MessageForm = [
  one('message', statusFields.message, 'text'),
  one('code', statusFields.code, 'unsigned'),
]

export const spanForm: MessageForm = [
  one('traceId', spanFields.traceId, 'hex'),
  one('spanId', spanFields.spanId, 'hex'),
  one('traceState', spanFields.traceState, 'text'),
  one('parentSpanId', spanFields.parentSpanId, 'hex'),
  one('name', spanFields.name, 'text'),
  one('kind', spanFields.kind, 'unsigned'),
  one('startTimeUnixNano', spanFields.startTimeUnixNano, 'fixed64'),
  one('endTimeUnixNano', spanFields.endTimeUnixNano, 'fixed64'),
  many('attributes', spanFields.attributes, () => keyValueForm),
  one('droppedAttributesCount', spanFields.droppedAttributesCount, 'unsigned'),
  many('events', spanFields.events, () => eventForm),
  one('droppedEventsCount', spanFields.droppedEventsCount, 'unsigned'),
  many('links', spanFields.links, () => linkForm),
  one('droppedLinksCount', spanFields.droppedLinksCount, 'unsigned'),
  one('status', spanFields.status, () => statusForm),
  one('flags', spanFields.flags, 'fixed32'),
]

export const logRecordForm: MessageForm = [
  one('timeUnixNano', logRecordFields.timeUnixNano, 'fixed64'),
  one('severityNumber', logRecordFields.severityNumber, 'unsigned'),
  one('severityText', logRecordFields.severityText, 'text'),
  { ...one('body', logRecordFields.body, () => anyValueForm), isLeftOutEmpty: true },
  many('attributes', logRecordFields.attributes, () => keyValueForm),
  one('droppedAttributesCount', logRecordFields.droppedAttributesCount, 'unsigned'),
  one('flags', logRecordFields.flags, 'fixed32'),
  one('traceId', logRecordFields.traceId, 'hex'),
  one('spanId', logRecordFields.spanId, 'hex'),
  one('observedTimeUnixNano', logRecordFields.observedTimeUnixNano, 'fixed64'),
  one('eventName', logRecordFields.eventName, 'text'),
]
