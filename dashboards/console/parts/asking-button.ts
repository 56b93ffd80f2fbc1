// A button that asks the collector for something: pressed once at a time, with a place where it says what was refused.

import { type Attributes, button, element, show } from '../elements.ts'
import { problemNotice } from './notice.ts'

/** The button, and the place beside it. After `ask` resolves it can be pressed again. */
export function askingButton(
  label: string,
  ask: () => Promise<void>,
  attributes: Attributes = {},
): readonly [HTMLElement, HTMLElement] {
  const trouble = element('div')
  const made = button(
    label,
    async () => {
      made.disabled = true
      show(trouble)
      try {
        await ask()
      } catch (problem) {
        show(trouble, problemNotice(problem))
      }
      made.disabled = false
    },
    attributes,
  )
  return [made, trouble]
}
