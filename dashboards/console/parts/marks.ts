// Small marks that say how grave, in which state and in whose world something is: by word and shape, never by colour alone.

import type { Alert } from '../../../schemas/alerts.ts'
import { drawn, element } from '../elements.ts'

const ranks = { info: 1, low: 2, medium: 3, high: 4, critical: 5 } as const satisfies Record<Alert['severity'], number>

/** Bars that grow with the severity, beside its name. */
export function severityMark(severity: Alert['severity']): HTMLElement {
  const rank = ranks[severity]
  const bars = Object.values(ranks).map((at) =>
    drawn('rect', {
      x: (at - 1) * 4,
      y: 12 - at * 2.2,
      width: 2.6,
      height: at * 2.2,
      rx: 0.8,
      class: at <= rank ? 'bar-on' : 'bar-off',
    }),
  )
  return element(
    'span',
    { class: `severity severity-${severity}` },
    drawn('svg', { viewBox: '0 0 20 12', width: 20, height: 12, 'aria-hidden': 'true' }, bars),
    severity,
  )
}

export function statusMark({ status, feedback }: Pick<Alert, 'status' | 'feedback'>): HTMLElement {
  const words = feedback === null || feedback === undefined ? status : `${status}: ${verdictText(feedback.as)}`
  return element('span', { class: `mark status-${status}` }, words)
}

export function verdictText(as: 'true' | 'benign' | 'expected'): string {
  return as === 'true' ? 'an attack' : as
}

export function realmMark(realm: string): HTMLElement | undefined {
  return realm === 'live'
    ? undefined
    : element('span', { class: 'mark realm' }, realm.replace(/^exercise:/, 'exercise '))
}

export function mark(text: string, kind = ''): HTMLElement {
  return element('span', { class: `mark ${kind}` }, text)
}
