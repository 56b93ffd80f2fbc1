// Adds what people decided about an edge: who, when and why.

import { edges } from '../../../schemas/tables.ts'
import { addColumns } from '../ddl.ts'
import type { Migration } from './catalog.ts'

export const addEdgeDecisions: Migration = {
  number: 4,
  name: 'add-edge-decisions',
  statements: (schema) => addColumns(edges, ['decision', 'decided_by', 'decided_at', 'decision_note'], schema),
}
