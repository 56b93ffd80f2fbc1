// One alert as other tools take it: a `curl` line, SQL for the store, Markdown for a ticket.

import type { Alert } from '../../../../schemas/alerts.ts'
import { addressOf } from '../../api/api.ts'
import { curlLine } from '../../parts/curl.ts'
import { instantText } from '../../wording.ts'

/** Single quotes hold everything for a shell but themselves. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
/** A string of ClickHouse. */
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

export function curlOf({ id, tenant, realm }: Alert, base: string, isSignedIn: boolean): string {
  const scope = { tenant, realm: realm === 'live' ? undefined : realm }
  return curlLine(`-s ${quoted(addressOf(base, `api/alerts/${id}/explain`, scope))}`, isSignedIn)
}

export function sqlOf({ id, tenant, realm, evidence }: Alert): string {
  const where = `tenant = ${literal(tenant)} AND realm = ${literal(realm)}`
  const ids = evidence.map(({ eventId }) => literal(eventId)).join(', ')
  return [
    `SELECT * FROM alerts WHERE ${where} AND id = ${literal(id)} FORMAT Vertical;`,
    `SELECT * FROM events WHERE ${where} AND event_id IN (${ids}) ORDER BY event_at FORMAT Vertical;`,
  ].join('\n')
}

export function markdownOf(alert: Alert): string {
  const { explanation } = alert
  return [
    `## ${plain(alert.title)}`,
    '',
    `${alert.severity}, ${alert.confidence} confidence, by \`${alert.detector}\` (rule \`${alert.rule}\`), ${alert.status}. Alert \`${alert.id}\`${alert.realm === 'live' ? '' : `, realm \`${alert.realm}\``}.`,
    '',
    ...explanation.why.map((reason) => `- ${plain(reason)}`),
    '',
    '| When (UTC) | What | Event |',
    '|---|---|---|',
    ...alert.evidence.map(({ at, summary, eventId }) => `| ${instantText(at)} | ${plain(summary)} | \`${eventId}\` |`),
    '',
    '### What to do',
    '',
    ...alert.runbook.map((step, index) => `${index + 1}. ${plain(step)}`),
    '',
  ].join('\n')
}

/** Senders write titles and summaries: in a ticket they are text, no markup and no link. */
function plain(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ')
    .replace(/[\\`*_{}[\]<>()#+!|~@&]/g, '\\$&')
    .replaceAll('://', ':\u200b//')
}
