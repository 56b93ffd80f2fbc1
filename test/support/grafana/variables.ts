// Puts the values of variables into a query as Grafana does before the data source sees it.

/** What is chosen: one value, several, or `$__all` of the `options`. */
export interface VariableValue {
  readonly value: string | readonly string[]
  readonly options?: readonly string[]
}

export type Variables = Readonly<Record<string, VariableValue>>

export const all = '$__all'

/** The formats of https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/ that queries have a use for. */
const formats: Readonly<Record<string, (values: readonly string[]) => string>> = {
  raw: (values) => values.join(','),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  text: (values) => values.join(' + '),
  // Grafana escapes the quote and nothing else.
  singlequote: (values) => values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(','),
  doublequote: (values) => values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(','),
  sqlstring: (values) => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(','),
  percentencode: (values) => encodeStrictly(values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`),
}

/** What the ClickHouse data source asks for where a query names no format. */
const unformatted = (values: readonly string[], isList: boolean): string =>
  isList ? `'${values.join("','")}'` : (values[0] ?? '')

const place = /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g

/** @throws RangeError for a variable or format that Grafana would leave in the query as it stands */
export function fillVariables(text: string, variables: Variables): string {
  return text.replace(place, (whole, braced?: string, format?: string, plain?: string) => {
    const name = braced ?? plain ?? ''
    if (name.startsWith('__')) return whole
    const chosen = variables[name]
    if (chosen === undefined) throw new RangeError(`no variable is called "${name}"`)
    const values = valuesOf(chosen)
    if (format === undefined) return unformatted(values, typeof chosen.value !== 'string' || isAll(chosen))
    const write = formats[format]
    if (write === undefined) throw new RangeError(`variable "${name}" has the unknown format "${format}"`)
    return write(values)
  })
}

export function isAll({ value }: VariableValue): boolean {
  return value === all || (typeof value !== 'string' && value.includes(all))
}

function valuesOf(chosen: VariableValue): readonly string[] {
  if (isAll(chosen)) return chosen.options ?? []
  return typeof chosen.value === 'string' ? [chosen.value] : chosen.value
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
