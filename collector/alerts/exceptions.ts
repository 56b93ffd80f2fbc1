// What people except from alerting: findings that an exception eats raise no alert, and are counted.

import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import {
  compareSeverity,
  type Finding,
  isClosing,
  type JudgedRecord,
  type Severity,
  type VerdictRecord,
} from '../../schemas/findings.ts'
import { matchesGlob } from './glob.ts'

const pattern = z.string().min(1).max(1_000)

const exceptionSettings = z.strictObject({
  detector: pattern.describe('Detector, such as `refund-burst`.'),
  entity: pattern.describe('Key or name of the entity; `*` stands for any characters.'),
  rule: pattern.default('*').describe('Rule of the detector, such as `duplicate-refund`; all unless said.'),
  author: z.string().min(1).max(200).describe('Who answers for it.'),
  reason: z.string().min(1).max(1_000).describe('Why, best with a ticket.'),
  expires: z.iso
    .datetime({ offset: true })
    .describe('Findings that happened at or after this instant are no longer eaten. RFC 3339.'),
})

export const exceptionsSettings = z
  .array(exceptionSettings)
  .max(1_000)
  .default([])
  .describe(
    'Findings that raise no alert, each with an author, a reason and an end. They are counted, and detectors learn as if there were none.',
  )

export type ExceptionSettings = z.infer<typeof exceptionSettings>

/** An exception with what it ate since the collector started. */
export interface ExceptionCount extends ExceptionSettings {
  readonly ate: number
  /** Epoch ms, event time, of the newest finding it ate; undefined: none. */
  readonly lastAteAt: number | undefined
}

interface Counted {
  readonly exception: ExceptionSettings
  readonly expiresAt: number
  ate: number
  lastAteAt: number | undefined
}

/** Alerts of which it is remembered how many findings were eaten: a verdict is told whole, again and again. */
const mostRemembered = 10_000

export class Exceptions {
  #counted: readonly Counted[] = []
  #seen = new LRUCache<string, ReadonlyMap<Counted, number>>({ max: mostRemembered })
  readonly #onEaten: (detector: string, findings: number) => void

  constructor(settings: readonly ExceptionSettings[], onEaten: (detector: string, findings: number) => void) {
    this.#onEaten = onEaten
    this.replace(settings)
  }

  /** From now on these hold. An exception that is there unchanged keeps its count. */
  replace(settings: readonly ExceptionSettings[]): void {
    const nameOf = (exception: ExceptionSettings): string => JSON.stringify(Object.entries(exception).sort())
    const before = new Map(this.#counted.map((each) => [nameOf(each.exception), each]))
    this.#counted = settings.map(
      (exception) =>
        before.get(nameOf(exception)) ?? {
          exception,
          expiresAt: Date.parse(exception.expires),
          ate: 0,
          lastAteAt: undefined,
        },
    )
  }

  counts(): readonly ExceptionCount[] {
    return this.#counted.map(({ exception, ate, lastAteAt }) => ({ ...exception, ate, lastAteAt }))
  }

  /** The same records; of verdicts only the findings that no exception eats. */
  apply(records: readonly JudgedRecord[]): readonly JudgedRecord[] {
    if (this.#counted.length === 0) return records
    return records.map((record) => (isClosing(record) ? record : this.#without(record)))
  }

  #without(record: VerdictRecord): VerdictRecord {
    const { verdict, detector } = record
    // Information is never an alert: there is nothing to except it from.
    if (verdict.severity === 'info') return record
    const fitting = this.#counted.filter(({ exception }) => isFor(exception, detector, verdict))
    if (fitting.length === 0) return record
    const eaten = new Map<Counted, Finding[]>()
    const standing = verdict.findings.filter((finding) => {
      const eater = fitting.find(({ expiresAt }) => finding.at < expiresAt)
      if (eater === undefined) return true
      eaten.set(eater, [...(eaten.get(eater) ?? []), finding])
      return false
    })
    this.#count(record, eaten)
    const ate = verdict.findings.length - standing.length
    if (ate === 0) return record
    const severity = standing.reduce<Severity>((most, each) => {
      return compareSeverity(each.severity, most) > 0 ? each.severity : most
    }, 'info')
    const most = compareSeverity(severity, verdict.severity) < 0 ? severity : verdict.severity
    const why = [
      ...verdict.explanation.why,
      ...[...eaten].map(([{ exception }, findings]) => saidOf(exception, findings.length)),
    ]
    const explanation = { ...verdict.explanation, why }
    return {
      ...record,
      verdict: { ...verdict, explanation, findings: standing, severity: most, suppressed: verdict.suppressed + ate },
    }
  }

  #count({ tenant, realm, detector, verdict }: VerdictRecord, eaten: ReadonlyMap<Counted, readonly Finding[]>): void {
    const { rule, entity, slot } = verdict
    const key = JSON.stringify([tenant, realm, detector, rule, entity.keyspace, entity.key, slot])
    const before = this.#seen.get(key)
    const now = new Map(before)
    for (const [counted, findings] of eaten) {
      const more = Math.max(0, findings.length - (before?.get(counted) ?? 0))
      if (more > 0) now.set(counted, findings.length)
      counted.ate += more
      counted.lastAteAt = findings.reduce((newest, { at }) => Math.max(newest, at), counted.lastAteAt ?? 0)
      if (more > 0) this.#onEaten(detector, more)
    }
    if (eaten.size > 0) this.#seen.set(key, now)
  }
}

/** Who excepts a finding of that instant, until when and why; `''`: nobody. */
export function exceptedBy(
  exceptions: readonly ExceptionSettings[],
  detector: string,
  finding: Excepted & { readonly at: number },
): string {
  const fitting = exceptions.find(
    (exception) => isFor(exception, detector, finding) && finding.at < Date.parse(exception.expires),
  )
  return fitting === undefined ? '' : answeredFor(fitting)
}

/** What an exception is compared with. */
interface Excepted {
  readonly rule: string
  readonly entity: { readonly key: string; readonly name: string }
}

function isFor(
  { detector: detectors, rule: rules, entity: entities }: ExceptionSettings,
  detector: string,
  { rule, entity }: Excepted,
): boolean {
  return (
    matchesGlob(detectors, detector) &&
    matchesGlob(rules, rule) &&
    (matchesGlob(entities, entity.key) || matchesGlob(entities, entity.name))
  )
}

function saidOf(exception: ExceptionSettings, findings: number): string {
  const what = findings === 1 ? '1 finding is' : `${findings} findings are`
  return `${what} ${answeredFor(exception)}`
}

function answeredFor({ author, reason, expires }: ExceptionSettings): string {
  return `excepted by ${author} until ${expires}: ${reason}`
}
