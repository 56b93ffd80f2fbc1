// A collector whose log is on Kafka, whose store is another program and whose webhooks are many, with a proxy before each.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StoreChild, startStoreChild } from '../../../collector/store/embedded/store-child.ts'
import { runCommand } from '../../support/command.ts'
import { type OwnBroker, startKafka } from '../../support/kafka/kafka-broker.ts'
import { runCollector } from '../../support/running-collector.ts'
import { openShiftedClock, type ShiftedClock } from '../../support/shifted-clock.ts'
import { openWebhookSink } from '../../support/webhook-sink.ts'
import { openTcpProxy, type TcpProxy } from '../proxy/tcp-proxy.ts'
import { channelTo, type Installation, Opened, storePace } from './installation.ts'

export interface OverKafka extends Installation {
  readonly broker: OwnBroker
  readonly storeChild: StoreChild
  readonly toKafka: TcpProxy
  readonly toStore: TcpProxy
  /** One for each channel. */
  readonly toWebhooks: readonly TcpProxy[]
  /** Only with `ownClocks`. */
  readonly clocks: OwnClocks | undefined
}

export interface OwnClocks {
  readonly broker: ShiftedClock
  readonly collector: ShiftedClock
}

export interface OverKafkaOptions {
  readonly channels: number
  /** Broker and collector get clocks that can be set wrong, which costs them some speed. */
  readonly ownClocks: boolean
}

export async function openOverKafka({ channels, ownClocks }: OverKafkaOptions): Promise<OverKafka> {
  const opened = new Opened()
  try {
    const clock = () => opened.add(openShiftedClock(), (part) => part.remove())
    const clocks = ownClocks ? { broker: clock(), collector: clock() } : undefined
    const folder = opened.add(mkdtempSync(join(tmpdir(), 'eastwest-faults-')), (part) =>
      rmSync(part, { recursive: true, force: true }),
    )
    const proxy = async () => opened.add(await openTcpProxy(), (part) => part.close())
    const sink = opened.add(await openWebhookSink({ anyTime: ownClocks }), (part) => part.close())
    const toWebhooks = await Promise.all(Array.from({ length: channels }, proxy))
    for (const each of toWebhooks) each.forwardTo(Number(new URL(sink.url).port))
    const toStore = await proxy()
    const storeChild = opened.add(await startStore(join(folder, 'store-apart')), (part) => part.stop())
    toStore.forwardTo(storeChild.port)
    const toKafka = await proxy()
    const broker = opened.add(await startBroker(toKafka, clocks?.broker), (part) => part.stop())
    const settings = {
      log: { kafka: { brokers: [toKafka.address], replicationFactor: 1, minInsyncReplicas: 1, giveUpMs: 3_000 } },
      store: { ...storePace, url: `http://${toStore.address}`, ...storeChild.writer },
      alerts: {
        channels: Object.fromEntries(toWebhooks.map(({ port }, at) => [`channel-${at}`, channelTo(port, sink)])),
      },
    }
    await makeTopics(join(folder, 'topics.json'), settings)
    const collector = opened.add(
      await runCollector({ settings, environment: clocks?.collector.environment ?? {} }),
      (part) => part.remove(),
    )
    return {
      collector,
      store: { url: storeChild.url, ...storeChild.reader },
      sink,
      get pids() {
        return [collector.pid, ...(storeChild.pid === undefined ? [] : [storeChild.pid])]
      },
      data: collector.data,
      broker,
      storeChild,
      toKafka,
      toStore,
      toWebhooks,
      clocks,
      close: () => opened.close(),
    }
  } catch (cause) {
    await opened.close()
    throw cause
  }
}

function startStore(directory: string): Promise<StoreChild> {
  const entry = createRequire(import.meta.url).resolve('#store-child')
  return startStoreChild({ directory, port: 0, entry, minFreeDiskBytes: 0 })
}

/** Clients come to the proxy, and hear of no other address. */
function startBroker(toKafka: TcpProxy, clock: ShiftedClock | undefined): Promise<OwnBroker> {
  return startKafka({
    settings: ({ port }) => {
      toKafka.forwardTo(port)
      return [`advertised.listeners=PLAINTEXT://${toKafka.address}`]
    },
    environment: clock?.environment ?? {},
  })
}

async function makeTopics(config: string, settings: unknown): Promise<void> {
  writeFileSync(config, JSON.stringify(settings))
  const { code, stderr } = await runCommand(['topics', 'create', '--config', config])
  if (code !== 0) throw new Error(`the topics were not made: ${stderr}`)
}
