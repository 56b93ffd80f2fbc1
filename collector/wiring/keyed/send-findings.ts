// Tells what was judged or decided to those who own the alerts that it is about.

import { isClosing, type JudgedRecord } from '../../../schemas/findings.ts'
import { verdictAlertId } from '../../alerts/build-alert.ts'
import { type FindingsFrame, findingsFrame, partitionOfAlert } from './findings-frame.ts'
import type { Outgoing } from './outgoing.ts'

/** One frame for each partition of alerts that hears of any; none where there is nothing to tell. */
export function sendFindings(
  { from, to, records }: FindingsFrame,
  partitions: number,
  outgoing: Pick<Outgoing, 'send'>,
): void {
  const byPartition = new Map<number, JudgedRecord[]>()
  for (const record of records) {
    const partition = partitionOfAlert(alertIdOf(record), partitions)
    const own = byPartition.get(partition)
    if (own === undefined) byPartition.set(partition, [record])
    else own.push(record)
  }
  for (const [partition, own] of byPartition)
    outgoing.send('findings', partition, findingsFrame({ from, to, records: own }))
}

function alertIdOf(record: JudgedRecord): string {
  return isClosing(record) ? record.alertId : verdictAlertId(record, record.verdict.slot)
}
