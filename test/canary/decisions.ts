// The planted records once more, as inputs, results and errors of decisions that OPA uploads and prints.

import type { Canary } from './canaries.ts'

const stamp = '2026-11-02T09:14:22.316Z'

/** Where a decision may hold what a policy was asked about or answered; `record` is JSON text of one value. */
const places: readonly ((value: string) => string)[] = [
  (value) => `"input":${value},"result":false`,
  (value) => `"input":{"attributes":{"request":{"http":{"headers":${value}}}}},"result":true`,
  (value) => `"input":{"headers":${value},"token":${value}},"result":true`,
  (value) => `"result":${value}`,
  (value) => `"error":{"code":"eval_builtin_error","message":${value}}`,
  (value) => `"input":{"subject":"u-1"},"nd_builtin_cache":{"http.send":${value}},"result":true`,
  (value) => `"input":{},"result":true,"request_context":{"http":{"headers":{"x-request-id":[${value}]}}}`,
  (value) => `"input":{},"result":true,"labels":${value}`,
  (value) => `"input":${value},"erased":[${value}],"masked":["/input/note"]`,
]

export interface PlantedDecisions {
  /** Elements of an uploaded chunk. */
  readonly uploaded: readonly string[]
  /** Lines of the console, bare and as a shipper wraps them. */
  readonly printed: readonly string[]
}

export function decisionsOf(planted: readonly Canary[]): PlantedDecisions {
  const bodies = planted.map(({ record }, at) => {
    const place = places[at % places.length] ?? ((value) => value)
    return `"decision_id":"d-${at}","path":"shop/authz/allow","timestamp":"${stamp}",${place(jsonOf(record))}`
  })
  const printed = bodies.map((body) => `{"level":"info","msg":"Decision Log","time":"${stamp}",${body}}`)
  return {
    uploaded: bodies.map((body) => `{${body}}`),
    printed: printed.flatMap((line) => [line, JSON.stringify({ log: `${line}\n`, stream: 'stderr' })]),
  }
}

function jsonOf(record: string): string {
  try {
    JSON.parse(record)
    return record
  } catch {
    return JSON.stringify(record)
  }
}
