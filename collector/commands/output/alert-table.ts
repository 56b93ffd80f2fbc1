// Alerts as a table, and one alert as a page.

import type { Alert } from '../../../schemas/alerts.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

export function alertTable(alerts: readonly Alert[], style: Style): string {
  if (alerts.length === 0) return 'no alerts'
  return tableText(
    ['SEVERITY', 'STATUS', 'LAST SEEN', 'DETECTOR', 'ID', 'TITLE'],
    alerts.map((alert) => [
      { styled: style.severity(alert.severity) },
      alert.status,
      alert.lastSeenAt,
      alert.detector,
      alert.id,
      alert.title,
    ]),
  )
}

/** One line, for a stream of alerts as they come. */
export function alertLine(alert: Alert, style: Style): string {
  const state = alert.status === 'open' ? '' : ` (${alert.status})`
  const realm = alert.realm === 'live' ? '' : ` [${printable(alert.realm)}]`
  return `${style.severity(alert.severity, alert.severity.padEnd(8))} ${printable(alert.title)}${state}${realm} ${style.dim(`${alert.detector} ${alert.id}`)}`
}

export function alertPage(alert: Alert, style: Style): string {
  const fact = (name: string, value: string): string => `${style.dim(name.padEnd(11))} ${printable(value)}`
  return [
    `${style.severity(alert.severity)}  ${style.bold(printable(alert.title))}`,
    '',
    fact('id', alert.id),
    fact('status', alert.status),
    ...feedbackLines(alert, fact),
    fact('detector', `${alert.detector} ${alert.version} (rule ${alert.rule})`),
    fact('confidence', alert.confidence),
    fact('entity', `${alert.entity.keyspace} ${alert.entity.key}`),
    fact('happened', `${alert.firstSeenAt} to ${alert.lastSeenAt}`),
    fact('raised', alert.raisedAt),
    fact('count', String(alert.count)),
    fact('attack', alert.attack.map(({ technique, name }) => `${technique} ${name}`).join(', ')),
    ...Object.entries(alert.labels).map(([name, value]) => fact(name, value)),
    '',
    style.bold('Evidence'),
    ...alert.evidence.map(({ at, summary, eventId }) => `  ${at}  ${printable(summary)}  ${style.dim(eventId)}`),
    '',
    style.bold('Runbook'),
    ...alert.runbook.map((step, at) => `  ${at + 1}. ${step}`),
  ].join('\n')
}

function feedbackLines({ feedback }: Alert, fact: (name: string, value: string) => string): readonly string[] {
  if (feedback === null) return []
  const { as, by, at, note } = feedback
  return [fact('decided', `${as}, by ${by} at ${at}: ${note}`)]
}
