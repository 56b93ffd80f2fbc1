// Takes credentials out of records and puts references in their place, before anything is written.

import { anchorsFor } from './anchors.ts'
import { fieldNames } from './field-names.ts'
import { findCredentials, mostCredentials } from './find.ts'
import type { Found } from './found.ts'
import { pemLines, pemText } from './pem-lines.ts'
import { openReferences } from './references.ts'
import { applied, inOrder, type Replacement } from './replacements.ts'
import { buildScan } from './scan.ts'
import type { ScrubKey } from './scrub-key.ts'
import type { ScrubSettings } from './settings.ts'
import { rawStart, type View, viewOf, viewSteps } from './spellings.ts'
import { atOnce, type Steps } from './steps.ts'
import { openSuspects } from './suspects.ts'

export interface Scrubber {
  /**
   * Scrubs records parted by line feeds; the bytes need not be UTF-8. Returns the same object when nothing was found.
   * Never changes the number of lines; a record that is JSON stays JSON.
   */
  scrub(bytes: Uint8Array): Uint8Array
  /** The same in steps of a few milliseconds at most, for those who have something else to do. */
  steps(bytes: Uint8Array): Steps<Uint8Array>
  /** The same for a text: errors, headers, heads of quarantined records, file names. */
  scrubText(text: string): string
  readonly stats: { readonly replaced: number }
}

/** Where one replacement may change what stands beside it, the search is repeated until it finds no more, or so often. */
const mostRounds = 3
const openBrace = 0x7b
const openBracket = 0x5b

export function openScrubber(key: ScrubKey, settings: ScrubSettings): Scrubber {
  const names = fieldNames(settings.fieldNames)
  const scan = buildScan(anchorsFor(settings.fieldNames))
  const suspects = openSuspects(scan, names)
  const referenceFor = openReferences(key)
  const stats = { replaced: 0 }

  /** One pass over all records; `holdsKeys` says that markers of private keys were met, which reach across records. */
  function* pass(raw: Buffer): Steps<{ replacements: readonly Replacement[]; holdsKeys: boolean }> {
    const replacements: Replacement[] = []
    let inBlockUntil = 0
    let holdsKeys = false
    yield* suspects.each(raw, function* (start, end) {
      const view = yield* viewSteps(raw, start, end)
      const credentials = findCredentials(view, scan, names)
      if (credentials.length > mostCredentials) {
        stats.replaced++
        replacements.push({ start, end, text: overfull(raw, start) })
        return
      }
      const found = credentials.map((each) => replacement(raw, view, each))
      stats.replaced += found.length
      const holdsKey = view.text.includes('PRIVATE KEY')
      holdsKeys ||= holdsKey
      const lines = holdsKey && start >= inBlockUntil ? pemLines(raw, start, end) : []
      const isEntangled = found.length > 1 || (found.length === 1 && view.text.includes('-----'))
      if (isEntangled && lines.length === 0) replacements.push(settled(raw, start, end, found))
      else replacements.push(...found)
      if (lines.length === 0) return
      const text = referenceFor(pemText(lines))
      for (const line of lines) {
        replacements.push({ start: rawStart(line.view, line.from), end: rawStart(line.view, line.to), text })
        inBlockUntil = line.end
      }
      stats.replaced++
    })
    return { replacements: inOrder(replacements), holdsKeys }
  }

  /** One reference can change what the text around the next one means: the record as it stays when searched again. */
  function settled(raw: Buffer, start: number, end: number, found: readonly Replacement[]): Replacement {
    const within = found.map((each) => ({ ...each, start: each.start - start, end: each.end - start }))
    let record = applied(raw.subarray(start, end), within)
    for (let round = 1; round < mostRounds; round++) {
      const view = viewOf(record, 0, record.length)
      const again = findCredentials(view, scan, names)
      if (again.length === 0) break
      record = applied(
        record,
        again.map((each) => replacement(record, view, each)),
      )
    }
    return { start, end, text: record.toString('latin1') }
  }

  function replacement(raw: Buffer, view: View, found: Found): Replacement {
    const reference = referenceFor(view.text.slice(found.start, found.end))
    const quote = found.quoteAt === undefined ? '' : spelling(raw, view, found.quoteAt)
    return { start: rawStart(view, found.start), end: rawStart(view, found.end), text: quote + reference + quote }
  }

  function* steps(bytes: Uint8Array): Steps<Uint8Array> {
    let raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let round = 0; round < mostRounds; round++) {
      const { replacements, holdsKeys } = yield* pass(raw)
      if (replacements.length === 0) return round === 0 ? bytes : raw
      raw = applied(raw, replacements)
      if (!holdsKeys) break
    }
    return raw
  }

  const scrub = (bytes: Uint8Array): Uint8Array => atOnce(steps(bytes))
  return {
    scrub,
    steps,
    scrubText(text) {
      const bytes = Buffer.from(text)
      const scrubbed = scrub(bytes)
      return scrubbed === bytes ? text : Buffer.from(scrubbed.buffer, scrubbed.byteOffset, scrubbed.length).toString()
    },
    stats,
  }
}

/** What stands for a record that is full of credentials: nothing of it is kept. */
function overfull(raw: Buffer, start: number): string {
  const said = `eastwest kept nothing of this record: it held more than ${mostCredentials} credentials`
  return raw[start] === openBrace || raw[start] === openBracket ? `{"scrubbed":"${said}"}` : said
}

function spelling(raw: Buffer, view: View, index: number): string {
  return raw.toString('latin1', rawStart(view, index), rawStart(view, index + 1))
}
