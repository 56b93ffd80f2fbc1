// The direct peer of a proxy: one text for the columns of its address, its replica, its client and its identity.

import type { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import type { BatchColumns } from '../../../schemas/events/event-batch.ts'

/** Peers are many: all that is known of one stands together, since each line needs another one. */
export class Peer {
  private readonly address: string
  private readonly identity: string
  private ipEpoch = 0
  private ipCode = 0
  private instanceEpoch = 0
  private instanceCode = 0
  private callerEpoch = 0
  private callerCode = 0
  private clientEpoch = 0
  private clientCode = 0

  constructor(address: string) {
    this.address = address
    this.identity = `ip:${address}`
  }

  putAddress({ sourceIp, callerInstance }: BatchColumns, row: number): void {
    if (this.ipEpoch !== sourceIp.dictionary.epoch) {
      this.ipCode = sourceIp.dictionary.codeOf(this.address)
      this.ipEpoch = sourceIp.dictionary.epoch
    }
    sourceIp.setCode(row, this.ipCode)
    if (this.instanceEpoch !== callerInstance.dictionary.epoch) {
      this.instanceCode = callerInstance.dictionary.codeOf(this.address)
      this.instanceEpoch = callerInstance.dictionary.epoch
    }
    callerInstance.setCode(row, this.instanceCode)
  }

  putCaller(column: DictionaryColumn, row: number): void {
    if (this.callerEpoch !== column.dictionary.epoch) {
      this.callerCode = column.dictionary.codeOf(this.identity)
      this.callerEpoch = column.dictionary.epoch
    }
    column.setCode(row, this.callerCode)
  }

  putClient(column: DictionaryColumn, row: number): void {
    if (this.clientEpoch !== column.dictionary.epoch) {
      this.clientCode = column.dictionary.codeOf(this.address)
      this.clientEpoch = column.dictionary.epoch
    }
    column.setCode(row, this.clientCode)
  }
}
