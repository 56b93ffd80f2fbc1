// The records of a crash run or a run of faults: every kind of receiver and detector has its turn, body by body.

import { auditLines } from './audit-lines.ts'
import { keycloakEvents } from './keycloak-events.ts'
import { meshLines } from './mesh-lines.ts'
import { opaDecisions } from './opa-decisions.ts'
import { digitsOfNumber, type RecordKind } from './record-kind.ts'
import { spans } from './spans.ts'

export const numbersPerBody = 20

/** In turn; two in six bodies are refunds, which give most of the alerts. */
const turns: readonly RecordKind[] = [auditLines, keycloakEvents, meshLines, auditLines, opaDecisions, spans]

export function kindOf(number: number): RecordKind {
  const kind = turns[Math.floor(number / numbersPerBody) % turns.length]
  if (kind === undefined) throw new RangeError(`no kind of record has the number ${number}`)
  return kind
}

/** As a replay reads it. */
export function lineOf(number: number): string {
  return kindOf(number).lineOf(number)
}

/** The columns that carry the number, each empty but for one kind of record: its last digits. */
export const numberColumns = ['operation_id', 'native_id', 'request_id', 'trace_id'] as const

/** The number in an id, or undefined. */
export function numberIn(id: string): number | undefined {
  const match = new RegExp(`\\d{${digitsOfNumber}}$`).exec(id)
  return match === null ? undefined : Number(match[0])
}
