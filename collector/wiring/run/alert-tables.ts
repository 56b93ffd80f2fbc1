// Keeps the tables of alerts, findings and deliveries like what the alerts room holds.

import { LRUCache } from 'lru-cache'
import type { Finding } from '../../../schemas/findings.ts'
import type { AppliedAlert } from '../../alerts/alert-book.ts'
import type { Delivery } from '../../alerts/delivery.ts'
import { alertRow, findingRow } from '../../store/alert-rows.ts'
import { deliveryRow } from '../../store/delivery-row.ts'
import type { RowsWriter } from './rows-writer.ts'
import { openTableWriter, type TableStore } from './table-writer.ts'

export interface AlertTables {
  putAlert(applied: AppliedAlert): void
  putDelivery(delivery: Delivery): void
  /** Resolves once all rows put before are stored. */
  drained(): Promise<void>
  /** Waits for that `graceMs` at most; what is missing then is put at the next start. */
  close(graceMs: number): Promise<void>
}

/** Findings of the alerts that changed last: of a revision only those are put that it changed. */
const mostRemembered = 50_000

export function openAlertTables(store: TableStore, onFailure: (error: unknown) => void): AlertTables {
  const open = (table: string): RowsWriter => openTableWriter(table, store, onFailure)
  const alerts = open('alert_rows')
  const findings = open('finding_rows')
  const deliveries = open('deliveries')
  const writers = [alerts, findings, deliveries]
  const lastPut = new LRUCache<string, ReadonlyMap<string, string>>({
    maxSize: mostRemembered,
    sizeCalculation: (said) => said.size + 1,
  })
  return {
    putAlert: ({ alert, findings: standing, gone }) => {
      const key = `${alert.id}/${alert.realm}`
      alerts.put(key, alertRow(alert))
      const before = lastPut.get(key)
      const now = new Map<string, string>()
      const put = (finding: Finding, stands: boolean): void => {
        const name = `${key}/${finding.eventId}/${finding.rung}`
        const says = `${stands} ${finding.severity} ${finding.at}`
        now.set(name, says)
        if (before?.get(name) !== says) findings.put(name, findingRow(alert, finding, stands))
      }
      for (const finding of gone) put(finding, false)
      for (const finding of standing) put(finding, true)
      lastPut.set(key, now)
    },
    putDelivery: (delivery) => deliveries.put(delivery.webhookId, deliveryRow(delivery)),
    drained: async () => {
      await Promise.all(writers.map((writer) => writer.drained()))
    },
    close: async (graceMs) => {
      await Promise.all(writers.map((writer) => writer.close(graceMs)))
    },
  }
}
