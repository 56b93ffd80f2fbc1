// Asks for a token where the collector wants one, and keeps it until the window is closed.

import type { Refused } from './api/api.ts'
import { button, element, show } from './elements.ts'

export interface SignIn {
  /** The header of requests; undefined: none is needed so far. */
  authorization(): string | undefined
  /** Resolves once a token was given, rejects with the refusal where nobody gives one. */
  ask(refusal: Refused): Promise<void>
}

/** Names of what is kept: the token of all, and that of those who decide, which serves for both. */
const readingKey = 'eastwest.token'
const decidingKey = 'eastwest.decision-token'

export function openSignIn(storage: Storage): SignIn {
  let asking: Promise<void> | undefined
  const held = (): string | undefined => storage.getItem(decidingKey) ?? storage.getItem(readingKey) ?? undefined
  return {
    authorization: () => {
      const token = held()
      return token === undefined ? undefined : `Bearer ${token}`
    },
    ask: (refusal) => {
      asking ??= askFor(refusal, storage, held() !== undefined).finally(() => {
        asking = undefined
      })
      return asking
    },
  }
}

function askFor(refusal: Refused, storage: Storage, hadOne: boolean): Promise<void> {
  const forDecision = refusal.code === 'decision-token-required'
  const key = forDecision ? decidingKey : readingKey
  const wasRefused = forDecision ? storage.getItem(key) !== null : hadOne
  storage.removeItem(decidingKey)
  if (!forDecision) storage.removeItem(readingKey)
  return new Promise((resolve, reject) => {
    const input = element('input', {
      id: 'token',
      type: 'password',
      autocomplete: 'off',
      spellcheck: 'false',
      required: true,
    })
    const form = element('form', { class: 'stack', method: 'dialog' })
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'sign-in-title' }, form)
    const end = (): void => {
      dialog.close()
      dialog.remove()
    }
    show(
      form,
      element(
        'h2',
        { id: 'sign-in-title' },
        forDecision ? 'Who decides here needs a token' : 'This collector needs a token',
      ),
      element(
        'p',
        {},
        forDecision ? 'It is the value of ' : 'It listens beyond this machine, so it asks who you are: the value of ',
        element('code', {}, forDecision ? 'receivers.http.decisionToken' : 'receivers.http.token'),
        ' in its settings. It is kept in this window only.',
      ),
      wasRefused ? element('p', { class: 'problem', role: 'alert' }, 'That token was not accepted.') : undefined,
      element('label', { for: 'token' }, 'Token'),
      input,
      element(
        'div',
        { class: 'actions' },
        element('button', { type: 'submit', class: 'primary' }, 'Go on'),
        forDecision
          ? button('Cancel', () => {
              end()
              reject(refusal)
            })
          : undefined,
      ),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      storage.setItem(key, input.value.trim())
      end()
      resolve()
    })
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      if (!forDecision) return
      end()
      reject(refusal)
    })
    document.body.append(dialog)
    dialog.showModal()
    input.focus()
  })
}
