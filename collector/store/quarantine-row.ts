// A quarantine row as its ClickHouse table wants it.

import type { QuarantineRow } from '../../schemas/quarantine.ts'
import type { Row } from './insert-rows.ts'

export function quarantineRow(row: QuarantineRow): Row {
  return {
    tenant: row.tenant,
    realm: row.realm,
    topic: row.topic,
    incarnation: row.incarnation,
    partition: row.partition,
    offset: row.offset,
    index: row.index,
    parts: row.parts,
    appended_at: row.appendedAt,
    source: row.source,
    format: row.format,
    reason: row.reason,
    detail: row.detail,
    head: row.head,
    bytes: row.bytes,
    sha256: row.sha256,
  }
}
