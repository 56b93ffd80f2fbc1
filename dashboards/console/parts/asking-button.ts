// A button that asks the collector for something: pressed once at a time, with a place where it says what was refused.

import { type Attributes, button, element, show } from '../elements.ts'
import { problemNotice } from './notice.ts'

/** The button, and the place beside it. Whether it can be pressed again is what `ask` resolves with. */
export function askingButton(
  label: string,
  ask: () => Promise<'once' | 'again'>,
  attributes: Attributes = {},
): readonly [HTMLElement, HTMLElement] {
  const trouble = element('div')
  const made = button(
    label,
    async () => {
      made.disabled = true
      show(trouble)
      try {
        made.disabled = (await ask()) === 'once'
      } catch (problem) {
        made.disabled = false
        show(trouble, problemNotice(problem))
      }
    },
    attributes,
  )
  return [made, trouble]
}
