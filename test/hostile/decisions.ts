// Decisions that are no good, each with the quarantine reason that it gets while the rest of its chunk goes on: data for tests.

export interface BadDecision {
  readonly name: string
  /** One element of the array, as JSON. */
  readonly element: () => string
  readonly reason: string
}

const mebi = 1024 * 1024

/** A good one, as JSON; `members` begin with a comma. */
export function decisionOf(subject: string, members = ''): string {
  const input = `{"subject":${JSON.stringify(subject)},"action":"refund.create"}`
  return `{"labels":{"service":"payments"},"decision_id":"d-${subject}","path":"shop/authz/allow","input":${input},"result":true,"timestamp":"2026-11-02T09:14:22.316Z"${members}}`
}

const within = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels)
const keys = (count: number): string =>
  `{${Array.from({ length: count }, (_, at) => `"k${at.toString(36)}":1`).join()}}`

export const badDecisions: readonly BadDecision[] = [
  {
    name: 'ten megabytes of input',
    element: () => decisionOf('X', `,"big":"${'a'.repeat(10 * mebi)}"`),
    reason: 'too-long',
  },
  {
    name: 'ten megabytes of backslashes',
    element: () => decisionOf('X', `,"big":"${'\\\\'.repeat(5 * mebi)}"`),
    reason: 'too-long',
  },
  {
    name: 'ten megabytes of brackets',
    element: () => decisionOf('X', `,"big":${within('[', ']', 5 * mebi)}`),
    reason: 'too-long',
  },
  {
    name: 'more than a decoder reads',
    element: () => decisionOf('X', `,"big":"${'a'.repeat(mebi / 2)}"`),
    reason: 'too-long',
  },
  {
    name: 'lists within lists',
    element: () => decisionOf('X', `,"deep":${within('[', ']', 5_000)}`),
    reason: 'too-deep',
  },
  {
    name: 'objects within objects',
    element: () => decisionOf('X', `,"deep":${within('{"a":', '}', 500).replace('}', '1}')}`),
    reason: 'too-deep',
  },
  { name: 'many keys', element: () => decisionOf('X', `,"many":${keys(3_000)}`), reason: 'too-many-keys' },
  { name: 'a key twice', element: () => decisionOf('X', ',"result":false'), reason: 'duplicate-keys' },
  {
    name: 'a key twice, once escaped',
    element: () => decisionOf('X', ',"resul\\u0074":false'),
    reason: 'duplicate-keys',
  },
  { name: 'a number beyond all bounds', element: () => decisionOf('X', ',"n":1e400'), reason: 'number-out-of-range' },
  { name: 'an id that hides what it says', element: () => decisionOf('X\u202e'), reason: 'invalid-field' },
  { name: 'a lone surrogate', element: () => decisionOf('X').replace('d-X', 'd-\\ud800'), reason: 'invalid-field' },
  { name: 'no time', element: () => '{"decision_id":"d","labels":{},"result":true}', reason: 'missing-time' },
  {
    name: 'a time that is none',
    element: () => '{"decision_id":"d","timestamp":[],"result":true}',
    reason: 'invalid-time',
  },
  { name: 'a number', element: () => '7', reason: 'invalid-json' },
  { name: 'null', element: () => 'null', reason: 'invalid-json' },
  { name: 'a text', element: () => '"2025-03-14 11:42:01 | user_id=X | action=REFUND"', reason: 'invalid-json' },
  { name: 'a list', element: () => '[[]]', reason: 'invalid-json' },
  { name: 'an object that is none', element: () => '{x}', reason: 'invalid-json' },
  {
    name: 'our own sign for what was put aside',
    element: () => '{"eastwest.setAside":{"bytes":1,"limit":1,"id":""}}',
    reason: 'too-long',
  },
]

/** Wrong types and names of the language everywhere: read as far as it goes, and nothing else is changed. */
export const oddDecisions: readonly string[] = [
  '"__proto__":{"subject":"evil"},"constructor":{"prototype":{"polluted":true}}',
  '"bundles":[7],"metrics":"x","erased":{"a":1},"masked":[7,"/input/__proto__/polluted","/"],"error":false,"req_id":{}',
  '"request_context":{"http":{"headers":{"__proto__":["x"],"x-request-id":[{}]}}},"trace_id":7,"span_id":[]',
  `"masked":[${Array.from({ length: 2_000 }, (_, at) => `"/input/a${at}/b"`).join()}]`,
]
