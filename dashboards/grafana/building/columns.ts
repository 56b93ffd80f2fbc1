// How a column of a table looks: its unit, the colours of its words, and where a click on it leads.

import { type DynamicConfigValue, MappingType } from '@grafana/grafana-foundation-sdk/dashboard'
import { addressOf, type Link } from './addresses.ts'

export interface ColumnLook {
  readonly unit?: string
  readonly decimals?: number
  readonly width?: number
  /** Its words have these colours. */
  readonly words?: WordColours
  readonly link?: Link
  /** Address outside of the dashboards. */
  readonly outside?: { readonly title: string; readonly url: string }
}

type WordColours = Readonly<Record<string, string>>

export const severityColours: WordColours = {
  critical: 'dark-red',
  high: 'red',
  medium: 'orange',
  low: 'yellow',
  info: 'blue',
}

export const outcomeColours: WordColours = {
  allowed: 'green',
  denied: 'red',
  failed: 'orange',
  'would-deny': 'yellow',
  pending: 'blue',
  reversed: 'purple',
}

export const stateColours: WordColours = {
  known: 'green',
  learning: 'yellow',
  dormant: 'blue',
  forgotten: 'text',
  quarantined: 'orange',
  denied: 'red',
}

export const deliveryColours: WordColours = {
  delivered: 'green',
  pending: 'blue',
  attempting: 'yellow',
  dead: 'red',
}

/** As Grafana writes it into an override of a field. */
export function lookOf({ unit, decimals, width, words, link, outside }: ColumnLook): DynamicConfigValue[] {
  const links = [
    ...(link === undefined ? [] : [{ title: link.title, url: addressOf(link) }]),
    ...(outside === undefined ? [] : [{ ...outside, targetBlank: true }]),
  ]
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(words === undefined
      ? []
      : [
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
          { id: 'mappings', value: [{ type: MappingType.ValueToText, options: coloursOf(words) }] },
        ]),
    ...(links.length === 0 ? [] : [{ id: 'links', value: links }]),
  ]
}

function coloursOf(words: WordColours): Readonly<Record<string, { readonly color: string; readonly index: number }>> {
  return Object.fromEntries(Object.entries(words).map(([word, color], index) => [word, { color, index }]))
}
