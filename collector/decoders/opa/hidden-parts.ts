// What a mask policy took out of a decision: the pointers it names, and the record without the values it wrote instead.

import type { JsonObject, JsonValue } from '../record-view.ts'

/** Deeper than any record may nest. */
const maxSteps = 256

export interface HiddenParts {
  /** Removed from the record, as JSON pointers (RFC 6901). */
  readonly erased: readonly string[]
  /** Replaced by something else. */
  readonly masked: readonly string[]
}

export function hiddenPartsOf(decision: JsonObject): HiddenParts {
  return { erased: pointersIn(decision.erased), masked: pointersIn(decision.masked) }
}

/** True where a part of the decision, or something in it, is not what the engine saw. */
export function hides({ erased, masked }: HiddenParts, part: 'input' | 'result'): boolean {
  const within = (pointer: string): boolean => pointer === `/${part}` || pointer.startsWith(`/${part}/`)
  return erased.some(within) || masked.some(within)
}

/** True where all of a part was taken out: it is not known, which is not the same as absent. */
export function hidesAll({ erased, masked }: HiddenParts, part: 'input' | 'result'): boolean {
  return erased.includes(`/${part}`) || masked.includes(`/${part}`)
}

function pointersIn(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.filter((one): one is string => typeof one === 'string' && one.startsWith('/'))
}

/** Steps below a part at which values were written over. */
type Marks = Map<string, Marks | 'masked'>

/**
 * The part without what a mask policy wrote into it, such as `**REDACTED**`, which would else be taken for a name that many
 * share.
 */
export function withoutMasked(
  value: JsonValue | undefined,
  { masked }: HiddenParts,
  part: 'input' | 'result',
): JsonValue | undefined {
  const below = masked.filter((pointer) => pointer.startsWith(`/${part}/`))
  if (below.length === 0 || value === undefined) return value
  const marks: Marks = new Map()
  for (const pointer of below) {
    const steps = pointer.split('/', maxSteps + 3).slice(2)
    if (steps.length <= maxSteps) mark(marks, steps.map(unescaped))
  }
  return copyWithout(value, marks)
}

function mark(marks: Marks, steps: readonly string[]): void {
  let at = marks
  for (const [index, step] of steps.entries()) {
    const next = at.get(step)
    if (next === 'masked') return
    if (index === steps.length - 1) at.set(step, 'masked')
    else if (next === undefined) {
      const below: Marks = new Map()
      at.set(step, below)
      at = below
    } else at = next
  }
}

/** As deep as the value is, which was bounded before. */
function copyWithout(value: JsonValue, marks: Marks): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((member, at) => {
      const below = marks.get(String(at))
      return below === undefined ? member : below === 'masked' ? null : copyWithout(member, below)
    })
  const object = value as JsonObject // neither null nor a list
  const copy: Record<string, JsonValue> = Object.create(null)
  for (const key in object) {
    const below = marks.get(key)
    const member = object[key] ?? null
    if (below !== 'masked') copy[key] = below === undefined ? member : copyWithout(member, below)
  }
  return copy
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
