// OTLP's messages for tests: built from plain objects by protobufjs, which knows nothing of our own reader and writer.

import protobuf from 'protobufjs'

/** Names and numbers of opentelemetry-proto 1.x: common/v1, resource/v1, trace/v1, logs/v1. */
const definition = `
syntax = "proto3";
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message InstrumentationScope {
  string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
}
message TracesData { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10; repeated Event events = 11; uint32 dropped_events_count = 12;
  repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
  message Event {
    fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
  }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
    uint32 dropped_attributes_count = 5; fixed32 flags = 6;
  }
}
message Status { string message = 2; int32 code = 3; }
message LogsData { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
  bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
}
`

const { root } = protobuf.parse(definition)
export const tracesData = root.lookupType('TracesData')
export const logsData = root.lookupType('LogsData')

export type AnyValueJson =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string | number }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValueJson[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValueJson[] } }
  | { readonly bytesValue: string }

export interface KeyValueJson {
  readonly key: string
  readonly value: AnyValueJson
}

/** As OTLP writes it in JSON: ids in hex, numbers of 64 bits as text. */
export interface SpanJson {
  readonly traceId: string
  readonly spanId: string
  readonly traceState?: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind?: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano?: string
  readonly attributes?: readonly KeyValueJson[]
  readonly droppedAttributesCount?: number
  readonly events?: readonly {
    readonly timeUnixNano: string
    readonly name: string
    readonly attributes?: readonly KeyValueJson[]
  }[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status?: { readonly message?: string; readonly code?: number }
}

export interface LogRecordJson {
  readonly timeUnixNano?: string
  readonly observedTimeUnixNano?: string
  readonly severityNumber?: number
  readonly severityText?: string
  readonly body?: AnyValueJson
  readonly attributes?: readonly KeyValueJson[]
  readonly traceId?: string
  readonly spanId?: string
  readonly eventName?: string
}

export interface TracesJson {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes: readonly KeyValueJson[] }
    readonly scopeSpans: readonly { readonly scope?: { readonly name: string }; readonly spans: readonly SpanJson[] }[]
  }[]
}

export interface LogsJson {
  readonly resourceLogs: readonly {
    readonly resource?: { readonly attributes: readonly KeyValueJson[] }
    readonly scopeLogs: readonly {
      readonly scope?: { readonly name: string }
      readonly logRecords: readonly LogRecordJson[]
    }[]
  }[]
}

export function tracesOf(spans: readonly SpanJson[], resource: Readonly<Record<string, string>> = {}): TracesJson {
  return { resourceSpans: [{ resource: { attributes: texts(resource) }, scopeSpans: [{ spans }] }] }
}

export function logsOf(
  logRecords: readonly LogRecordJson[],
  resource: Readonly<Record<string, string>> = {},
): LogsJson {
  return { resourceLogs: [{ resource: { attributes: texts(resource) }, scopeLogs: [{ logRecords }] }] }
}

/** Attributes out of plain values: whole numbers as `int`, others as `double`. */
export function attributesOf(
  values: Readonly<Record<string, string | number | boolean | readonly string[]>>,
): KeyValueJson[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: string | number | boolean | readonly string[]): AnyValueJson {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } }
}

function texts(values: Readonly<Record<string, string>>): KeyValueJson[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }))
}

/** The message in protobuf; ids of any length are taken as they are. */
export function tracesBytes(traces: TracesJson): Buffer {
  return Buffer.from(tracesData.encode(tracesData.fromObject(bytesInside(traces))).finish())
}

export function logsBytes(logs: LogsJson): Buffer {
  return Buffer.from(logsData.encode(logsData.fromObject(bytesInside(logs))).finish())
}

const hexKeys = new Set(['traceId', 'spanId', 'parentSpanId'])

function bytesInside<Value>(value: Value): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) => {
    if (hexKeys.has(key) && typeof member === 'string') return Buffer.from(member, 'hex')
    return key === 'bytesValue' && typeof member === 'string' ? Buffer.from(member, 'base64') : member
  })
}
