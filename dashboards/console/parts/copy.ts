// Buttons that copy a text, and say that they did.

import { button } from '../elements.ts'
import type { PageContext } from '../page.ts'

const thanksMs = 1_800

export function copyButton(
  label: string,
  text: () => string,
  { say, clock }: Pick<PageContext, 'say' | 'clock'>,
): HTMLElement {
  const made = button(label, async () => {
    await navigator.clipboard.writeText(text()).catch(() => copyBySelection(text()))
    made.textContent = 'Copied'
    say(`${label}: copied`)
    clock.after(thanksMs, () => {
      made.textContent = label
    })
  })
  return made
}

/** Pages that did not come over TLS from elsewhere have no clipboard to write to. */
function copyBySelection(text: string): void {
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
