// The headers of the question itself (`decision_logs.request_context.http.headers`): they correlate where the input does not.

import { objectIn } from '../envelopes/kubernetes.ts'
import type { EventDraft } from '../event-draft.ts'
import type { JsonObject } from '../record-view.ts'

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/

/** Who asked is the enforcing service, not the user: nothing but ids is taken. */
export function requestContextOf(decision: JsonObject, draft: EventDraft): void {
  const headers = objectIn(objectIn(objectIn(decision.request_context)?.http)?.headers)
  if (headers === undefined) return
  draft.name('requestId', headerIn(headers, 'x-request-id'), 'x-request-id')
  const parent = traceparent.exec(headerIn(headers, 'traceparent').toLowerCase())
  if (parent === null || draft.has('traceId')) return
  draft.name('traceId', parent[1] ?? '', 'traceparent')
  draft.name('spanId', parent[2] ?? '', 'traceparent')
}

/** A header is the list of its values; its name is spelled as the settings of the engine spell it. */
function headerIn(headers: JsonObject, name: string): string {
  for (const key in headers) {
    if (key.toLowerCase() !== name) continue
    const value = headers[key]
    const first = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') return first
  }
  return ''
}
