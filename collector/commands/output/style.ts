// Colours for a terminal, and plain text for everything else.

import type { Severity } from '../../../schemas/findings.ts'

export interface Style {
  bold(text: string): string
  dim(text: string): string
  severity(severity: Severity, text?: string): string
  good(text: string): string
  bad(text: string): string
}

const reset = '\u001b[0m'
const colours: Readonly<Record<Severity, string>> = {
  info: '\u001b[2m',
  low: '\u001b[36m',
  medium: '\u001b[33m',
  high: '\u001b[31m',
  critical: '\u001b[1;41;97m',
}

/** Colours only on a terminal, and never where `NO_COLOR` is set (https://no-color.org). */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const coloured = stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb'
  const paint = (start: string, text: string): string => (coloured ? `${start}${text}${reset}` : text)
  return {
    bold: (text) => paint('\u001b[1m', text),
    dim: (text) => paint('\u001b[2m', text),
    severity: (severity, text = severity) => paint(colours[severity], text),
    good: (text) => paint('\u001b[32m', text),
    bad: (text) => paint('\u001b[31m', text),
  }
}

/** Text from outside, safe to print: control, escape and direction-changing characters become visible. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
