// By how much it fired: each figure beside its limit, as words and as a bar.

import type { Alert } from '../../../../schemas/alerts.ts'
import { drawn, element } from '../../elements.ts'
import { numberText } from '../../wording.ts'

const width = 180
const height = 16

export function marginsOf({ margins }: Alert['explanation']): HTMLElement | undefined {
  if (margins.length === 0) return undefined
  const head = ['What was measured', 'Value', 'Limit', ''].map((text) =>
    element('th', { scope: 'col' }, text === '' ? element('span', { class: 'unseen' }, 'Drawn') : text),
  )
  return element(
    'table',
    { class: 'rows margins' },
    element('thead', {}, element('tr', {}, head)),
    element(
      'tbody',
      {},
      margins.map(({ name, value, limit, unit }) => {
        const most = Math.max(value, limit, 1e-9) * 1.15
        return element(
          'tr',
          {},
          element('th', { scope: 'row' }, name),
          element('td', { class: 'number' }, `${numberText(value)} ${unit}`.trim()),
          element('td', { class: 'number muted' }, `${numberText(limit)} ${unit}`.trim()),
          element(
            'td',
            {},
            drawn(
              'svg',
              { class: 'margin', viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
              drawn('rect', { class: 'track', x: 0, y: 4, width, height: 8, rx: 4 }),
              drawn('rect', {
                class: 'value',
                x: 0,
                y: 4,
                width: Math.max(2, (value / most) * width),
                height: 8,
                rx: 4,
              }),
              drawn('line', {
                class: 'limit',
                x1: (limit / most) * width,
                x2: (limit / most) * width,
                y1: 0,
                y2: height,
              }),
            ),
          ),
        )
      }),
    ),
  )
}
