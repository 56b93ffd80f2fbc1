// Picks from the fields of an application's record those that state a fact we know, each spelled as it may be.

import type { JsonValue } from '../record-view.ts'
import { fieldName, isMissing, type RecordField, textOfValue } from './record-fields.ts'
import { type FactName, factNames, spellings } from './spellings.ts'

/** Columns that a record states under another name than the column's. */
const factOfColumn: Readonly<Record<string, FactName>> = {
  eventAt: 'time',
  action: 'actionName',
  outcome: 'status',
  outcomeReason: 'reason',
}
/** What `fieldNames` in the settings may map: facts, and the columns that are facts under another name. */
export const mappableNames: readonly string[] = [...factNames, ...Object.keys(factOfColumn)]

interface Spelling {
  readonly fact: FactName
  /** The lower, the sooner believed; below 0: mapped in the settings. */
  readonly rank: number
}
type Spellings = ReadonlyMap<string, Spelling>

const builtIn: Spellings = new Map(
  factNames.flatMap((fact) => spellings[fact].split(' ').map((name, rank) => [name, { fact, rank }] as const)),
)
const compiled = new WeakMap<object, Spellings>()

/** The built-in spellings with the mapping of the settings before them; a name that is mapped means only that. */
function spellingsWith(fieldNames: Readonly<Record<string, readonly string[]>>): Spellings {
  const known = compiled.get(fieldNames)
  if (known !== undefined) return known
  const all = new Map(builtIn)
  for (const [column, keys] of Object.entries(fieldNames)) {
    const fact = factNames.find((name) => name === column) ?? factOfColumn[column]
    if (fact === undefined) continue
    for (const [at, key] of keys.entries()) all.set(fieldName(key), { fact, rank: at - keys.length })
  }
  compiled.set(fieldNames, all)
  return all
}

/** In records of the Elastic family these name the log shipper and the traced request, not a person or a payment. */
const elasticNames = new Set(['agentid', 'agentname', 'transactionid'])
const elasticMarks = new Set(['ecsversion', 'agentephemeralid', 'agentversion'])

export class Facts {
  private readonly fields: readonly RecordField[]
  private readonly chosen = new Map<FactName, RecordField>()
  private readonly taken = new Set<RecordField>()

  constructor(fields: readonly RecordField[], fieldNames: Readonly<Record<string, readonly string[]>>) {
    this.fields = fields
    const known = spellingsWith(fieldNames)
    const ranks = new Map<FactName, number>()
    const isElastic = fields.some(({ key, name }) => elasticMarks.has(name) || key === 'trace.id')
    for (const field of fields) {
      const spelling = isElastic && elasticNames.has(field.name) ? undefined : known.get(field.name)
      if (spelling === undefined || isMissing(field.value)) continue
      const rank = spelling.rank * 16 + field.depth
      const best = ranks.get(spelling.fact)
      if (best !== undefined && best <= rank) continue
      ranks.set(spelling.fact, rank)
      this.chosen.set(spelling.fact, field)
    }
  }

  has(fact: FactName): boolean {
    return this.chosen.has(fact)
  }

  /** The field that states a fact; it stays among the rest. */
  see(fact: FactName): RecordField | undefined {
    return this.chosen.get(fact)
  }

  /** Its text, `''` where there is none; it stays among the rest. */
  seeText(fact: FactName): string {
    const field = this.chosen.get(fact)
    return field === undefined ? '' : (textOfValue(field.value) ?? '')
  }

  /** The key as the record wrote it, for a refusal. */
  keyOf(fact: FactName): string {
    return this.chosen.get(fact)?.key ?? fact
  }

  /** Its text, `''` where there is none; a fact with text is no longer among the rest. */
  takeText(fact: FactName): string {
    const text = this.seeText(fact)
    if (text !== '') this.take(fact)
    return text
  }

  /** A fact that a column now holds: no longer among the rest. */
  take(fact: FactName): void {
    const field = this.chosen.get(fact)
    if (field !== undefined) this.taken.add(field)
  }

  /** What no column holds, as the record wrote it. */
  *rest(): Iterable<readonly [string, JsonValue]> {
    for (const field of this.fields) if (!this.taken.has(field) && field.value !== null) yield [field.key, field.value]
  }
}

/** Facts of which one, at the top of a record, marks it as written by an application's logger. */
const markFacts: ReadonlySet<FactName> = new Set<FactName>([
  'actionName',
  'eventName',
  'message',
  'level',
  'success',
  'subject',
  'actor',
  'operationId',
  'payment',
  'order',
  'amount',
  'amountMinor',
])

/** True when a key of a record spells a fact that only applications log, usually or by the settings. */
export function statesFact(key: string, fieldNames: Readonly<Record<string, readonly string[]>>): boolean {
  const spelling = spellingsWith(fieldNames).get(fieldName(key))
  return spelling !== undefined && markFacts.has(spelling.fact)
}

/** The fact that a key usually spells; undefined for keys that are none of the usual spellings. */
export function factSpelledBy(key: string): FactName | undefined {
  return builtIn.get(fieldName(key))?.fact
}
