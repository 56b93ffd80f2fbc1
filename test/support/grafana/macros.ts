// Expands the macros of the ClickHouse data source (grafana/clickhouse-datasource 4.20, docs/sources/query-editor.md and pkg/macros).

/** What a panel is asked for. */
export interface Asked {
  /** Epoch ms. */
  readonly from: number
  readonly to: number
  readonly intervalMs: number
}

type Macro = (asked: Asked, given: readonly string[]) => string

const seconds = (at: number): string => `toDateTime(${Math.floor(at / 1000)})`
const milliseconds = (at: number): string => `fromUnixTimestamp64Milli(${at})`
const day = (at: number): string => `toDate('${new Date(at).toISOString().slice(0, 10)}')`
const wholeSeconds = ({ intervalMs }: Asked): number => Math.max(Math.floor(intervalMs / 1000), 1)

const between =
  (literal: (at: number) => string): Macro =>
  ({ from, to }, [column = '']) =>
    `${column} >= ${literal(from)} AND ${column} <= ${literal(to)}`

const dayAndTime: Macro = (asked, [date = '', time = '']) =>
  `(${between(day)(asked, [date])}) AND (${between(seconds)(asked, [time])})`

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

const timeGroup: Macro = (_, [column = '', period = '']) => {
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(period.replaceAll(/['"]/g, '')) ?? []
  const length = Number(count) * (units[unit] ?? 0)
  if (!(length > 0)) throw new RangeError(`"$__timeGroup" cannot group by "${period}"`)
  return `toStartOfInterval(toDateTime(${column}), INTERVAL ${length} second)`
}

/** Each with the number of its arguments. */
const macros: Readonly<Record<string, readonly [number, Macro]>> = {
  fromTime: [0, ({ from }) => seconds(from)],
  toTime: [0, ({ to }) => seconds(to)],
  fromTime_ms: [0, ({ from }) => milliseconds(from)],
  toTime_ms: [0, ({ to }) => milliseconds(to)],
  timeFilter: [1, between(seconds)],
  timeFilter_ms: [1, between(milliseconds)],
  dateFilter: [1, between(day)],
  dateTimeFilter: [2, dayAndTime],
  dt: [2, dayAndTime],
  timeFrom: [1, ({ from }, [column = '']) => `${column} >= ${seconds(from)}`],
  timeTo: [1, ({ to }, [column = '']) => `${column} <= ${seconds(to)}`],
  timeGroup: [2, timeGroup],
  timeInterval: [
    1,
    (asked, [column = '']) => `toStartOfInterval(toDateTime(${column}), INTERVAL ${wholeSeconds(asked)} second)`,
  ],
  timeInterval_ms: [
    1,
    ({ intervalMs }, [column = '']) =>
      `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${Math.max(intervalMs, 1)} millisecond)`,
  ],
  interval_s: [0, (asked) => String(wholeSeconds(asked))],
  interval: [0, ({ intervalMs }) => `${intervalMs}ms`],
  interval_ms: [0, ({ intervalMs }) => String(intervalMs)],
}

const call = /\$__(\w+)/

/** @throws RangeError for a macro that the data source does not know (and would send as it stands), or gives other arguments */
export function expandMacros(sql: string, asked: Asked): string {
  let rest = sql
  let done = ''
  for (let found = call.exec(rest); found !== null; found = call.exec(rest)) {
    const [whole, name = ''] = found
    const macro = macros[name]
    if (macro === undefined) throw new RangeError(`no macro of the data source is called "$__${name}"`)
    const [count, expand] = macro
    const after = rest.slice(found.index + whole.length)
    const { given, length } = count > 0 && after.startsWith('(') ? readArguments(after) : { given: [], length: 0 }
    if (given.length !== count) throw new RangeError(`"$__${name}" takes ${count} arguments, not ${given.length}`)
    // An argument may hold macros itself.
    const inner = given.map((each) => expandMacros(each, asked))
    done += rest.slice(0, found.index) + expand(asked, inner)
    rest = after.slice(length)
  }
  return done + rest
}

/** @param text begins with the bracket */
export function readArguments(text: string): { readonly given: readonly string[]; readonly length: number } {
  const given: string[] = []
  let depth = 0
  let from = 1
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (quoted && sign === '\\') at += 1
    else if (sign === "'") quoted = !quoted
    else if (quoted) continue
    else if (sign === '(') depth += 1
    else if (sign === ')') depth -= 1
    if (!quoted && ((sign === ',' && depth === 1) || depth === 0)) {
      given.push(text.slice(from, at).trim())
      from = at + 1
    }
    if (depth === 0) return { given, length: at + 1 }
  }
  throw new RangeError(`the arguments "${text.slice(0, 40)}" have no end`)
}
