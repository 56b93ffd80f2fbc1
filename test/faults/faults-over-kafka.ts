// The faults between a collector and Kafka, a store apart and webhooks, and programs that stand still.

import type { FaultCase } from './fault-case.ts'
import type { OverKafka } from './installations/over-kafka.ts'
import type { TcpFault } from './proxy/tcp-fault.ts'
import type { TcpProxy } from './proxy/tcp-proxy.ts'
import { hourSeconds, wrongClock } from './wrong-clock.ts'

export const tcpFaults: Readonly<Record<string, TcpFault>> = {
  latency: { kind: 'latency', delayMs: 200 },
  reset: { kind: 'reset' },
  blackhole: { kind: 'blackhole', side: 'both' },
  'blackhole-of-answers': { kind: 'blackhole', side: 'answers' },
  slow: { kind: 'slow', bytesPerSecond: 16 * 1024 },
  'half-open': { kind: 'half-open' },
}

const kinds = Object.entries(tcpFaults)

/** Channels an installation needs so that each has a fault of its own. */
export const channels = kinds.length

export const faultsOverKafka: readonly FaultCase<OverKafka>[] = [
  ...kinds.map(([kind, fault]) => between(`kafka/${kind}`, ({ toKafka }) => toKafka, fault)),
  ...kinds.map(([kind, fault]) => between(`store/${kind}`, ({ toStore }) => toStore, fault)),
  standingStill('pause/collector', ({ collector }) => collector.pid),
  standingStill('pause/store', ({ storeChild }) => storeChild.pid),
  {
    name: 'pause/broker',
    begin: ({ broker }) => {
      broker.pause()
      return () => broker.resume()
    },
  },
  {
    name: 'webhook/each-kind',
    begin: ({ toWebhooks }) => {
      for (const [at, proxy] of toWebhooks.entries()) {
        const fault = kinds[at]?.[1]
        if (fault !== undefined) proxy.inject(fault)
      }
      return () => {
        for (const proxy of toWebhooks) proxy.heal()
      }
    },
    delaysDeliveries: true,
  },
]

/** Of an installation whose broker and collector have clocks of their own. */
export const faultsOfClocks: readonly FaultCase<OverKafka>[] = [
  wrongClock('clock/broker-ahead', ({ clocks }) => clocks?.broker, hourSeconds),
  wrongClock('clock/broker-behind', ({ clocks }) => clocks?.broker, -hourSeconds),
  wrongClock('clock/collector-ahead-of-kafka', ({ clocks }) => clocks?.collector, hourSeconds),
  wrongClock('clock/collector-behind-kafka', ({ clocks }) => clocks?.collector, -hourSeconds),
]

function between(name: string, proxyOf: (installation: OverKafka) => TcpProxy, fault: TcpFault): FaultCase<OverKafka> {
  return {
    name,
    begin: (installation) => {
      const proxy = proxyOf(installation)
      proxy.inject(fault)
      return () => proxy.heal()
    },
  }
}

function standingStill(name: string, pidOf: (installation: OverKafka) => number | undefined): FaultCase<OverKafka> {
  return {
    name,
    begin: (installation) => {
      const pid = pidOf(installation)
      if (pid === undefined) throw new Error(`nobody is there to stand still for "${name}"`)
      process.kill(pid, 'SIGSTOP')
      return () => process.kill(pid, 'SIGCONT')
    },
  }
}
