// Cuts off a broker that leaves a request unanswered. The library looks after that by the wall clock: where it was set
// back since the request was sent, an answer would be waited for that much longer.

import type { Broker, CuttableCluster } from './kafkajs-internals.ts'

interface Asked {
  readonly broker: Broker
  looks: number
}

const lookMs = 1_000
/** The library itself gives up first, where its clock is right. */
const graceLooks = 2

export class Unanswered {
  private readonly cluster: CuttableCluster
  private readonly wait: (ms: number) => Promise<void>
  private readonly asked = new Set<Asked>()
  private watching: Promise<void> | undefined

  constructor(cluster: CuttableCluster, wait: (ms: number) => Promise<void>) {
    this.cluster = cluster
    this.wait = wait
  }

  async of<Answer>(broker: Broker, answer: Promise<Answer>): Promise<Answer> {
    const asked: Asked = { broker, looks: 0 }
    this.asked.add(asked)
    this.watching ??= this.watch()
    try {
      return await answer
    } finally {
      this.asked.delete(asked)
    }
  }

  private async watch(): Promise<void> {
    const mostLooks = Math.ceil(this.cluster.requestTimeoutMs / lookMs) + graceLooks
    while (this.asked.size > 0) {
      await this.wait(lookMs)
      for (const asked of this.asked) {
        asked.looks += 1
        if (asked.looks > mostLooks) this.cluster.cutOff(asked.broker.connectionPool)
      }
    }
    this.watching = undefined
  }
}
