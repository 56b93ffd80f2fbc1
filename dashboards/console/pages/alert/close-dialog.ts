// Closes an alert with what it was, who says so and why.

import type { Alert } from '../../../../schemas/alerts.ts'
import { element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { askDecision } from '../../parts/decision-dialog.ts'

const verdicts = [
  ['true', 'An attack', 'It was what the alert says.'],
  ['benign', 'Benign', 'It happened, and it is harmless.'],
  ['expected', 'Expected', 'It was known to come: a test, a release, an exercise.'],
] as const

/** Resolves with the alert as it now stands; undefined where nobody closed it. */
export function closeAlert(
  { id, tenant, realm }: Alert,
  { api }: Pick<PageContext, 'api'>,
): Promise<Alert | undefined> {
  return askDecision({
    title: 'Close this alert',
    submit: 'Close the alert',
    about: element(
      'fieldset',
      { class: 'choices' },
      element('legend', {}, 'What was it?'),
      verdicts.map(([value, text, about], index) =>
        element(
          'label',
          { class: 'choice' },
          element('input', { type: 'radio', name: 'as', value, required: true, checked: index === 1 }),
          element('span', {}, element('strong', {}, text), element('span', { class: 'under' }, about)),
        ),
      ),
    ),
    decide: async ({ by, note, form }) => {
      const body = { as: form.get('as'), by, note }
      return (await api.post<{ alert: Alert }>(`api/alerts/${id}/close`, body, { tenant, realm })).alert
    },
  })
}
