// How refresh-token-reuse says durations, counts and names.

import { shownText } from '../engine/bounded-text.ts'
import type { ReuseClass } from './classify.ts'

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** `13 ms`, `4.2 s`, `2 h`: to one place after the point. */
export function duration(durationMs: number): string {
  const positive = Math.abs(durationMs)
  const unit = units.find(([unitMs]) => positive >= unitMs)
  return unit === undefined ? `${positive} ms` : `${Number((positive / unit[0]).toFixed(1))} ${unit[1]}`
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/** Names of users, clients and sessions, which strangers may have written. */
export function shortName(name: string): string {
  return name === '' ? 'somebody unknown' : shownText(name, 60)
}

/** As it is called in alerts. */
export const classNames: Readonly<Record<ReuseClass, string>> = {
  theft: 'THEFT',
  persistence: 'PERSISTENCE',
  aftermath: 'AFTERMATH',
  'theft-likely': 'THEFT-LIKELY',
  'lost-response': 'LOST RESPONSE',
  'tab-race': 'TAB RACE',
  fork: 'FORK',
  'client-bug': 'CLIENT BUG?',
  reported: 'ISSUER REPORTS REUSE',
  'kill-ineffective': 'KILL INEFFECTIVE',
}
