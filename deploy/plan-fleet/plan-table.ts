// A plan as tables that read well in a terminal and on a page.

import { hoursPerMonth } from './cost.ts'
import type { FleetPlan } from './plan.ts'
import { roles } from './processes.ts'
import type { Wish } from './wish.ts'

type Row = readonly [name: string, ...cells: readonly string[]]

/** Markdown whose columns stand under each other. */
export function alignedTable(head: Row, rows: readonly Row[]): string {
  const widths = head.map((name, at) =>
    Math.max(...[name, ...rows.map((row) => row[at] ?? '')].map(({ length }) => length)),
  )
  const line = ([name = '', ...cells]: readonly string[]): string =>
    `| ${[name.padEnd(widths[0] ?? 0), ...cells.map((cell, at) => cell.padStart(widths[at + 1] ?? 0))].join(' | ')} |`
  // Figures stand to the right.
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** What is needed, a column for each plan. */
export function needsTable(plans: readonly FleetPlan[], currency: string): string {
  const row = (name: string, cell: (plan: FleetPlan) => string): Row => [name, ...plans.map(cell)]
  const sum = (plan: FleetPlan, unit: 'vcpus' | 'gibibytes'): number =>
    plan.roles.reduce((total, role) => total + role[unit], 0) + plan.log[unit] + plan.store[unit]
  return alignedTable(head(plans), [
    row('records', ({ wish }) => `${bytes(wish.eventsPerSecond * wish.bytesPerEvent)}/s`),
    row('partitions of `ingest`', ({ log }) => count(log.ingestPartitions)),
    row('partitions of `keyed`', ({ log }) => count(log.keyedPartitions)),
    ...roles.map((role) =>
      row(`processes of \`${role}\``, (plan) => count(plan.roles.find((each) => each.role === role)?.processes ?? 0)),
    ),
    row('brokers', ({ log }) => count(log.brokers)),
    row('ClickHouse shards × replicas', ({ store }) => `${count(store.shards)} × ${store.replicas}`),
    row('processors', (plan) => count(Math.ceil(sum(plan, 'vcpus')))),
    row('memory', (plan) => bytes(sum(plan, 'gibibytes') * 1024 ** 3)),
    row('disks of Kafka', ({ log }) => bytes(log.diskBytes)),
    row('disks of ClickHouse', ({ store }) => bytes(store.diskBytes)),
    row(`roles, ${currency} a month`, ({ cost }) => count(cost.roles)),
    row(`Kafka, ${currency} a month`, ({ cost }) => count(cost.log)),
    row(`ClickHouse, ${currency} a month`, ({ cost }) => count(cost.store)),
    row(`traffic between zones, ${currency} a month`, ({ cost }) => count(cost.traffic)),
    row(`all, ${currency} a month`, ({ cost }) => count(cost.total)),
    row(`${currency} a million events`, ({ cost, wish }) => (cost.total / millionsPerMonth(wish)).toFixed(3)),
  ])
}

/** How much of each limit is used, a column for each plan. */
export function ceilingsTable(plans: readonly FleetPlan[]): string {
  const names = plans[0]?.ceilings.map(({ name }) => name).sort() ?? []
  return alignedTable(
    head(plans),
    names.map(
      (name): Row => [
        name,
        ...plans.map(({ ceilings }) => percent(ceilings.find((each) => each.name === name)?.used ?? 0)),
      ],
    ),
  )
}

/** What breaks first at one step, in words: as the load grows on these machines, and where no further machine helps. */
export function firstToBreak({ capacities, ceilings, fitsOneMachine }: FleetPlan): readonly string[] {
  const [full] = capacities
  const [nearest] = ceilings
  return [
    ...(full === undefined
      ? []
      : [`On these machines **${full.name}**, full at ${roundly(full.eventsPerSecond)} events/s: ${full.says}.`]),
    ...(nearest === undefined
      ? []
      : [
          `Where no further machine helps **${nearest.name}**, ${percent(nearest.used)} used` +
            `${nearest.used > 1 ? ', which does not hold' : ''}: ${nearest.says}`,
        ]),
    ...(fitsOneMachine
      ? ['One machine carries this rate (`npm start`): the fleet is for the machine that fails.']
      : []),
  ]
}

function millionsPerMonth({ eventsPerSecond }: Wish): number {
  return (eventsPerSecond * 3_600 * hoursPerMonth) / 1e6
}

function head(plans: readonly FleetPlan[]): Row {
  return ['events/s', ...plans.map(({ wish }) => count(wish.eventsPerSecond))]
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Two digits are what the figures are worth. */
function roundly(value: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  return count(Math.floor(value / step) * step)
}

function percent(share: number): string {
  return share < 0.01 ? '< 1 %' : `${count(share * 100)} %`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

function bytes(value: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(value) / 3)))
  const shown = value / 1000 ** step
  return `${shown.toFixed(shown < 10 ? 1 : 0)} ${units[step]}`
}
