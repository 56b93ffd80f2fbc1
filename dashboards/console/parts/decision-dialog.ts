// Asks who decides and why, and does it: what goes wrong is told where it was decided.

import { Refused } from '../api/api.ts'
import { button, type Child, element, show } from '../elements.ts'

export interface Said {
  readonly by: string
  readonly note: string
  readonly form: FormData
}

export interface Decision<Reply> {
  readonly title: string
  /** Above who and why. */
  readonly about: Child
  readonly submit: string
  /** @throws Refused */
  decide(said: Said): Promise<Reply>
}

/** Kept in this window: who decides is the same person all day. */
const authorKey = 'eastwest.author'

/** Undefined where nobody decided. */
export function askDecision<Reply>({ title, about, submit, decide }: Decision<Reply>): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const author = sessionStorage.getItem(authorKey) ?? ''
    const by = element('input', { id: 'by', required: true, maxlength: 200, autocomplete: 'username', value: author })
    const note = element('textarea', { id: 'note', required: true, rows: 3, maxlength: 1000 })
    const trouble = element('div', { role: 'alert' })
    const send = element('button', { type: 'submit', class: 'primary' }, submit)
    const form = element(
      'form',
      { class: 'stack' },
      element('h2', { id: 'decision-title' }, title),
      about,
      element('label', { class: 'stack tight', for: 'note' }, 'Why', note),
      element('label', { class: 'stack tight', for: 'by' }, 'Who says so', by),
      trouble,
      element(
        'div',
        { class: 'actions' },
        send,
        button('Cancel', () => end(undefined)),
      ),
    )
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'decision-title' }, form)
    const end = (reply: Reply | undefined): void => {
      dialog.close()
      dialog.remove()
      resolve(reply)
    }
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      send.disabled = true
      sessionStorage.setItem(authorKey, by.value)
      try {
        end(await decide({ by: by.value, note: note.value, form: new FormData(form) }))
      } catch (cause) {
        send.disabled = false
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
