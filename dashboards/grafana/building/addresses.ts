// Where the dashboards are, and the links from one to the next that keep data source, tenant, realm and time range.

export const dashboardNames = [
  'overview',
  'alert',
  'edges',
  'subject',
  'tokens',
  'authorization',
  'money',
  'pipeline',
  'trace',
] as const
export type DashboardName = (typeof dashboardNames)[number]

/** A place to look next; `with` gives variables of that dashboard values, as Grafana writes them. */
export interface Link {
  readonly title: string
  readonly to: DashboardName
  readonly with?: Readonly<Record<string, string>>
}

export function uidOf(name: DashboardName): string {
  return `eastwest-${name}`
}

/** What a column of the row that was clicked says; values come out of events, so every odd character of them is encoded. */
export function field(name: string): string {
  return `\${__data.fields["${name}"]:percentencode}`
}

/** What a variable of this dashboard says. */
export function variable(name: string): string {
  return `\${${name}:percentencode}`
}

export function addressOf({ to, with: values = {} }: Link): string {
  const kept = ['datasource', 'tenant', 'realm', 'traces'].filter((name) => !(name in values))
  const query = [
    ...kept.map((name) => `\${${name}:queryparam}`),
    '${__url_time_range}',
    ...Object.entries(values).map(([name, value]) => `var-${name}=${value}`),
  ]
  return `/d/${uidOf(to)}?${query.join('&')}`
}
