// Says in plain words why an alert fired, what was judged and what would have had to be different.

import type { Alert } from '../../schemas/alerts.ts'

export function explainAlert(alert: Alert): string {
  const { explanation } = alert
  const lines = [
    alert.title,
    `${alert.severity}, confidence ${alert.confidence}, by ${alert.detector} (rule ${alert.rule}, version ${alert.version})`,
    ...feedbackLines(alert),
    '',
    'Why it fired',
    ...explanation.why.map((reason) => `  ${reason}`),
    '',
    `Window judged: ${explanation.windowFrom} to ${explanation.windowTo}`,
    ...explanation.margins.map(
      ({ name, value, limit, unit }) => `  ${name}: ${value}${unit === '' ? '' : ` ${unit}`} (limit ${limit})`,
    ),
    '',
    'Evidence',
    ...alert.evidence.map(({ at, summary, eventId }) => `  ${at}  ${summary}  [${eventId}]`),
    '',
    ...remedies(explanation.wouldNotFireIf),
    'What to do',
    ...alert.runbook.map((step, at) => `  ${at + 1}. ${step}`),
  ]
  return lines.join('\n')
}

function feedbackLines({ feedback }: Alert): readonly string[] {
  if (feedback === null) return []
  const { as, by, at, note } = feedback
  return [`Decided: ${as}, by ${by} at ${at}: ${note}`]
}

/** Detectors say each as a half sentence, some with its beginning. */
function remedies(conditions: readonly string[]): readonly string[] {
  if (conditions.length === 0) return []
  const rest = conditions.map((condition) => `  ${condition.replace(/^would not fire if /, '')}`)
  return ['It would not have fired if', ...rest, '']
}
