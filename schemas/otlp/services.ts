// What OTLP's export services are called and answer: methods, replies and errors. Source: opentelemetry-proto, collector/*/v1.

/** Full names of the gRPC methods. */
export const exportMethods = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
} as const

/** Paths of OTLP/HTTP. */
export const exportPaths = { traces: '/v1/traces', logs: '/v1/logs', metrics: '/v1/metrics' } as const

/** `Export…ServiceResponse`. */
export const exportReplyFields = { partialSuccess: 1 } as const
/** `Export…PartialSuccess`, the same for each signal. */
export const partialSuccessFields = { rejected: 1, errorMessage: 2 } as const

/** `google.rpc.Status` and what stands in its details. */
export const rpcStatusFields = { code: 1, message: 2, details: 3 } as const
export const anyFields = { typeUrl: 1, value: 2 } as const
export const retryInfoFields = { retryDelay: 1 } as const
export const durationFields = { seconds: 1 } as const
export const retryInfoUrl = 'type.googleapis.com/google.rpc.RetryInfo'

/** Codes of `google.rpc.Code` that are answered. */
export const rpcCodes = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const
