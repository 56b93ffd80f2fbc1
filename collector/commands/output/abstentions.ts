// Says which detectors cannot fire on what arrives, and which fields to add where.

import { printable } from './style.ts'

export interface AbstentionText {
  readonly detector: string
  readonly format: string
  readonly source: string
  readonly seen: number
  readonly missing: readonly { readonly need: string; readonly hint: string; readonly essential: boolean }[]
}

/** Formats whose missing keys all stand in the snippets of `deploy/mesh/`. */
const meshFormats = new Set(['istio-json', 'istio-text', 'envoy-json', 'envoy-text'])

/** @param nothing what is said of a detector that nothing concerned, such as `nothing that concerns it has arrived` */
export function abstentionLines(
  abstentions: readonly AbstentionText[] | undefined,
  nothing: string,
): readonly string[] {
  if (abstentions === undefined) return ['which detectors cannot fire is told by the processes that normalize']
  if (abstentions.length === 0) return ['every detector can fire on what arrives']
  const lines = abstentions.flatMap(({ detector, format, source, missing }) => {
    const blocked = missing.some(({ essential }) => essential)
    const from = `${format} from "${printable(source)}"`
    return [
      format === ''
        ? `${detector} cannot fire: ${nothing}`
        : blocked
          ? `${detector} cannot fire on ${from}`
          : `${detector} fires on ${from}, but a part of it cannot`,
      ...missing.map(
        ({ need, hint, essential }) =>
          `  ${essential ? 'needs' : 'lacks'} ${need}${hint === '' ? '' : `: ${printable(hint)}`}`,
      ),
    ]
  })
  if (!abstentions.some(({ format }) => meshFormats.has(format))) return lines
  return [...lines, 'all keys for access logs, ready to apply: deploy/mesh/README.md']
}

/** One line for the stream of alerts: a source has shown itself, and a detector cannot fire on it. */
export function abstentionLine({ detector, format, source, missing }: AbstentionText): string {
  const needs = missing.filter(({ essential }) => essential).map(({ need }) => need)
  return `${detector} cannot fire on ${format} from "${printable(source)}": it lacks the ${needs.join(' and the ')}`
}
