// Looks at the values of an entry that is out of the ordinary: names that are too long or hide what they say.

import type { Refusal } from '../decoder.ts'
import { hiddenCharacter } from '../hidden-characters.ts'
import type { AccessEntry } from './entry.ts'
import { accessFieldNames, fieldCount, identityFields } from './fields.ts'
import { maxValueBytes } from './kernel/layout.ts'

/** A name is refused where it is too long or reads differently from what it is; other long values are cut. */
export function vetEntry(entry: AccessEntry): Refusal | undefined {
  for (let number = 0; number < fieldCount; number++) {
    if (!entry.has(number)) continue
    const name = accessFieldNames[number] ?? 'start_time' // below the count
    const long = (entry.ends[number] as number) - (entry.starts[number] as number) > maxValueBytes // as above
    if (!identityFields.has(name)) {
      // A list of hops that were cut could end in another hop.
      if (long && name !== 'xfcc')
        entry.ends[number] = cutAt(entry.bytes, (entry.starts[number] as number) + maxValueBytes) // as above
      continue
    }
    if (long) return { reason: 'invalid-field', detail: `"${name}" is longer than ${maxValueBytes} bytes` }
    const hidden = entry.mayHide ? hiddenIn(entry.text(number)) : ''
    if (hidden !== '')
      return { reason: 'invalid-field', detail: `"${name}" holds the character ${hidden}, which hides what it says` }
  }
  return undefined
}

/** What was half a character has become U+FFFD on its way into bytes. */
function hiddenIn(text: string): string {
  return text.includes('\ufffd') ? 'U+FFFD' : hiddenCharacter(text)
}

/** The last place at or before `end` that splits no UTF-8 character. */
function cutAt(bytes: Uint8Array, end: number): number {
  let at = end
  while (((bytes[at] as number) & 0xc0) === 0x80) at-- // a character has at most three bytes of continuation
  return at
}
