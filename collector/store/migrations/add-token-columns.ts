// Adds what identity providers and traces say: families, kinds and verdicts of tokens, spans, and networks of clients.

import { eventRows, views } from '../../../schemas/tables.ts'
import { addColumns, createView } from '../ddl.ts'
import type { Migration } from './catalog.ts'

export const addedColumns: readonly string[] = [
  'parent_span_id',
  'span_name',
  'client_version',
  'token_kind',
  'token_scheme',
  'token_verdict',
  'token_issued_at',
  'token_family',
  'issued_token',
  'issued_refresh_token',
  'proof_id',
  'client_asn',
  'client_country',
  'client_network',
]

export const addTokenColumns: Migration = {
  number: 3,
  name: 'add-token-columns',
  statements: (schema) => [
    ...addColumns(eventRows, addedColumns, schema),
    // `SELECT *` of a view means the columns there were when it was made.
    ...views.filter(({ name }) => name === 'events').map((view) => createView(view, schema.cluster)),
  ],
}
