// Gives a text to the browser to be saved: a link to the collector would come without the token that it asks for.

import { element } from '../elements.ts'

/** @param name under which the browser saves it */
export function saveFile(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = element('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
