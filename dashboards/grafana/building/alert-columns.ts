// How tables that list alerts show them: the severity by its colour, the title leading to evidence and why.

import { field } from './addresses.ts'
import { type ColumnLook, severityColours } from './columns.ts'

export const alertColumns = {
  severity: { words: severityColours, width: 90 },
  title: { link: { title: 'Evidence and why', to: 'alert', with: { alert: field('id') } } },
} as const satisfies Readonly<Record<string, ColumnLook>>
