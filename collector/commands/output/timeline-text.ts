// A timeline as people read it: a line an event, the alerts that cite it behind it, and what was followed or left out.

import type { TimelineEntry, TimelineEvent, TimelineReply } from '../../../schemas/api/asking.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

export function timelineText({ asked, entries, joined, cut }: TimelineReply, style: Style): string {
  const what = `${asked.by} ${asked.values.map(printable).join(', ')}`
  if (entries.length === 0) return [`nothing stored holds ${what}`, ...cut].join('\n')
  const events = entries.filter(({ kind }) => kind === 'event').length
  const alerts = entries.length - events
  return [
    style.bold(`${what}: ${counted(events, 'event')}, ${counted(alerts, 'alert')}`),
    tableText(
      ['TIME', 'SOURCE', 'WORKLOAD', 'WHAT HAPPENED', 'OUTCOME', 'WHO', 'TOKEN', 'JOINED BY'],
      entries.map((entry) => (entry.kind === 'event' ? eventRow(entry) : alertRow(entry, style))),
    ),
    '',
    ...joined.map(
      ({ by, values, events: led }) =>
        `followed ${counted(values.length, by)}, which led to ${counted(led, 'more event')}: ${values.map(printable).join(', ')}`,
    ),
    ...(cut.length === 0 ? ['everything stored is shown'] : cut.map((line) => style.bad(printable(line)))),
  ].join('\n')
}

function eventRow({ at, source, workload, happened, outcome, who, token, joinedBy }: TimelineEvent): readonly string[] {
  return [at, source, workload, happened, outcome, who, token, joinedBy]
}

function alertRow(
  { at, alert }: Extract<TimelineEntry, { kind: 'alert' }>,
  style: Style,
): readonly (string | { readonly styled: string })[] {
  return [
    at,
    { styled: style.severity(alert.severity, `ALERT ${alert.severity}`) },
    alert.detector,
    alert.title,
    alert.status,
    '',
    '',
    alert.id,
  ]
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}
