// Whether a caller got through.

import type { SecurityEvent } from '../../schemas/events/columns.ts'

/** A policy denial, 401 or 403. Every other reply (404, 3xx, 5xx, 0, an open connection) let the caller through. */
export function isDenied(event: SecurityEvent): boolean {
  if (event.outcome === 'denied') return true
  const status = event.httpStatus
  return status === 401 || status === 403
}
