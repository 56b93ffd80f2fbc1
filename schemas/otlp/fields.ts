// Field numbers of OTLP's messages. Source: opentelemetry-proto, trace/v1, logs/v1, common/v1 and resource/v1.

/** `TracesData`, `LogsData` and the two `Export…ServiceRequest`s have the same shape. */
export const dataFields = { resources: 1 } as const

/** `ResourceSpans` and `ResourceLogs`. */
export const resourceItemsFields = { resource: 1, scopes: 2, schemaUrl: 3 } as const

/** `ScopeSpans` and `ScopeLogs`. */
export const scopeItemsFields = { scope: 1, items: 2, schemaUrl: 3 } as const

export const resourceFields = { attributes: 1, droppedAttributesCount: 2 } as const
export const scopeFields = { name: 1, version: 2, attributes: 3, droppedAttributesCount: 4 } as const
export const keyValueFields = { key: 1, value: 2 } as const
export const anyValueFields = { string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const
/** `ArrayValue.values` and `KeyValueList.values`. */
export const listFields = { values: 1 } as const

export const spanFields = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTimeUnixNano: 7,
  endTimeUnixNano: 8,
  attributes: 9,
  droppedAttributesCount: 10,
  events: 11,
  droppedEventsCount: 12,
  links: 13,
  droppedLinksCount: 14,
  status: 15,
  flags: 16,
} as const
export const spanEventFields = { timeUnixNano: 1, name: 2, attributes: 3, droppedAttributesCount: 4 } as const
export const spanLinkFields = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  attributes: 4,
  droppedAttributesCount: 5,
  flags: 6,
} as const
export const statusFields = { message: 2, code: 3 } as const

export const logRecordFields = {
  timeUnixNano: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  droppedAttributesCount: 7,
  flags: 8,
  traceId: 9,
  spanId: 10,
  observedTimeUnixNano: 11,
  eventName: 12,
} as const
