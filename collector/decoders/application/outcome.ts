// What became of it, as an application's record says: by a decision, a flag, a status, an error, its own name or its level.

import type { Outcome, OutcomeBasis } from '../../../schemas/events/event-kind.ts'
import { outcomeOfWords } from './action-words.ts'
import type { Facts } from './facts.ts'
import { isMissing, textOfValue } from './record-fields.ts'
import type { Happening } from './what-happened.ts'

export interface Verdict {
  readonly outcome: Outcome
  readonly basis: OutcomeBasis
}

/**
 * An action of which the record says nothing more is one that happened. A status in words that we do not know leaves the
 * outcome open, and a failure anywhere wins over a success.
 */
export function outcomeOf(facts: Facts, happening: Happening): Verdict {
  const status = facts.seeText('status').toLowerCase()
  if (/^would[ _-]?(?:be[ _-]?)?den/.test(status) || /^dry[ _-]?run[ _-]?den/.test(status))
    return { outcome: 'would-deny', basis: 'field' }
  const flagged = flagOf(facts, 'permitted', 'denied') || flagOf(facts, 'success', 'failed')
  const stated = outcomeOfStatus(status)
  if (flagged === 'denied' || flagged === 'failed')
    return { outcome: stated.outcome === 'denied' ? 'denied' : flagged, basis: 'field' }
  if (stated.outcome !== '') return stated
  if (flagged !== '') return { outcome: flagged, basis: 'field' }
  const replied = outcomeOfCode(facts.seeText('httpStatus'))
  if (replied.outcome !== '') return replied
  if (happening.outcome !== '') return { outcome: happening.outcome, basis: 'field' }
  if (namesError(facts) || isErrorLevel(facts.seeText('level'))) return { outcome: 'failed', basis: 'field' }
  return { outcome: happening.kind === 'action' && status === '' ? 'allowed' : '', basis: '' }
}

const yes = new Set(['true', '1', 'yes', 'y', 't'])
const no = new Set(['false', '0', 'no', 'n', 'f'])

function flagOf(facts: Facts, fact: 'success' | 'permitted', otherwise: 'failed' | 'denied'): Outcome {
  const value = facts.see(fact)?.value
  if (value === undefined) return ''
  const text = typeof value === 'boolean' ? String(value) : (textOfValue(value) ?? '').toLowerCase()
  if (yes.has(text)) return 'allowed'
  return no.has(text) ? otherwise : outcomeOfWords(text)
}

function outcomeOfStatus(status: string): Verdict {
  if (status === '') return { outcome: '', basis: '' }
  if (yes.has(status)) return { outcome: 'allowed', basis: 'field' }
  if (no.has(status)) return { outcome: 'failed', basis: 'field' }
  const replied = outcomeOfCode(status)
  return replied.outcome !== '' ? replied : { outcome: outcomeOfWords(status), basis: 'field' }
}

function outcomeOfCode(text: string): Verdict {
  if (!/^[1-5]\d\d$/.test(text)) return { outcome: '', basis: '' }
  const code = Number(text)
  return { outcome: code === 401 || code === 403 ? 'denied' : code >= 400 ? 'failed' : 'allowed', basis: 'http' }
}

function namesError(facts: Facts): boolean {
  const value = facts.see('error')?.value
  return (
    value !== undefined && !isMissing(value) && value !== false && value !== 0 && value !== 'false' && value !== '0'
  )
}

const errorLevels = new Set(['error', 'err', 'fatal', 'panic', 'dpanic', '50', '60'])

/** In words, or in numbers as pino and bunyan write them. What else `severity` may say is how much it matters. */
function isErrorLevel(level: string): boolean {
  return errorLevels.has(level.toLowerCase())
}
