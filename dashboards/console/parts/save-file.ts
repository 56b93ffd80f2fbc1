// Gives a text to the browser to be saved: a link to the collector would come without the token that it asks for.

import { element } from '../elements.ts'
import type { Clock } from '../page.ts'

const keptMs = 60_000

/** @param name under which the browser saves it */
export function saveFile(text: string, name: string, type: string, clock: Clock): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = element('a')
  link.href = address
  link.download = name
  link.click()
  // Some browsers read it only later.
  clock.after(keptMs, () => URL.revokeObjectURL(address))
}
