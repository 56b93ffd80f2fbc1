// Closes an alert with what it was, who says so and why.

import type { Alert } from '../../../../schemas/alerts.ts'
import { Refused } from '../../api/api.ts'
import { button, element, show } from '../../elements.ts'
import type { PageContext } from '../../page.ts'

const verdicts = [
  ['true', 'An attack', 'It was what the alert says.'],
  ['benign', 'Benign', 'It happened, and it is harmless.'],
  ['expected', 'Expected', 'It was known to come: a test, a release, an exercise.'],
] as const
/** Kept in this window: who decides is the same person all day. */
const authorKey = 'eastwest.author'

/** Resolves with the alert as it now stands; undefined where nobody closed it. */
export function closeAlert(alert: Alert, { api }: Pick<PageContext, 'api'>): Promise<Alert | undefined> {
  return new Promise((resolve) => {
    const by = element('input', {
      id: 'by',
      required: true,
      maxlength: 200,
      autocomplete: 'username',
      value: sessionStorage.getItem(authorKey) ?? '',
    })
    const note = element('textarea', { id: 'note', required: true, rows: 3, maxlength: 1000 })
    const trouble = element('div', { role: 'alert' })
    const submit = element('button', { type: 'submit', class: 'primary' }, 'Close the alert')
    const form = element(
      'form',
      { class: 'stack' },
      element('h2', { id: 'close-title' }, 'Close this alert'),
      element(
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
      element('label', { class: 'stack tight', for: 'note' }, 'Why', note),
      element('label', { class: 'stack tight', for: 'by' }, 'Who says so', by),
      trouble,
      element(
        'div',
        { class: 'actions' },
        submit,
        button('Cancel', () => end(undefined)),
      ),
    )
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'close-title' }, form)
    const end = (closed: Alert | undefined): void => {
      dialog.close()
      dialog.remove()
      resolve(closed)
    }
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      submit.disabled = true
      sessionStorage.setItem(authorKey, by.value)
      try {
        const as = new FormData(form).get('as')
        const scope = { tenant: alert.tenant, realm: alert.realm }
        const body = { as, by: by.value, note: note.value }
        end((await api.post<{ alert: Alert }>(`api/alerts/${alert.id}/close`, body, scope)).alert)
      } catch (cause) {
        submit.disabled = false
        if (!(cause instanceof Refused)) throw cause
        show(trouble, element('p', { class: 'problem' }, `${cause.message}: ${cause.hint}`))
      }
    })
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      end(undefined)
    })
    document.body.append(dialog)
    dialog.showModal()
    note.focus()
  })
}
