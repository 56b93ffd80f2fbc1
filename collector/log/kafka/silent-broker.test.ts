// A broker that is gone without a word: its connections stay open, and nothing is ever answered over them.

import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTcpProxy, type TcpProxy } from '../../../test/faults/proxy/tcp-proxy.ts'
import { type OwnBroker, startKafka } from '../../../test/support/kafka/kafka-broker.ts'
import { temporaryKafkaLog } from '../../../test/support/kafka/temporary-kafka-log.ts'
import { until } from '../../../test/support/until.ts'
import type { Log } from '../log.ts'
import { KafkaConnection } from './connection.ts'
import { openCluster } from './kafkajs-internals.ts'

let proxy: TcpProxy
let broker: OwnBroker
let log: Log
let topic: string

beforeAll(async () => {
  proxy = await openTcpProxy()
  broker = await startKafka({
    settings: ({ port }) => {
      proxy.forwardTo(port)
      return [`advertised.listeners=PLAINTEXT://${proxy.address}`]
    },
  })
  const byProxy = { ...broker, brokers: [proxy.address] }
  const temporary = await temporaryKafkaLog(byProxy, { requestTimeoutMs: 1_000 })
  topic = `${temporary.prefix}ingest`
  log = await temporary.open()
})

afterAll(async () => {
  await log.close()
  await broker.stop()
  await proxy.close()
})

afterEach(() => {
  vi.restoreAllMocks()
})

const recordOf = (text: string) => ({ key: '', value: Buffer.from(text) })

describe('a log whose broker is silent', () => {
  it('leaves the connections that answer nothing, and appends and reads over new ones', async () => {
    await log.append('ingest', [recordOf('before')])
    proxy.inject({ kind: 'half-open' })
    proxy.heal()
    await log.append('ingest', [recordOf('after')])
    await until(() => {
      const { records } = log.read('ingest', 0, { maxBytes: 1024 * 1024 })
      return records.map(({ value }) => value?.toString()).join(' ') === 'before after'
    }, 'both records are read')
    expect(log.bounds('ingest').nextOffset).toBe(2)
  })

  it('does so in time where the wall clock is set back while it waits for the answer', async () => {
    const now = Date.now
    const ahead = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000)
    proxy.inject({ kind: 'half-open' })
    const appended = log.append('ingest', [recordOf('asked by a clock that is ahead')])
    await until(() => ahead.mock.calls.length > 1, 'it is sent')
    ahead.mockRestore()
    proxy.heal()
    await expect(appended).resolves.toHaveLength(1)
  })

  it('does so, too, where it was asked who leads what: by a clock that is ahead that is not known any more', async () => {
    const connection = new KafkaConnection(
      openCluster(
        {
          brokers: [proxy.address],
          clientId: 'eastwest-tests',
          logLevel: 0,
          logCreator: () => () => undefined,
          requestTimeout: 1_000,
        },
        setTimeout,
      ),
    )
    await connection.open([topic])
    const now = Date.now
    const ahead = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000)
    proxy.inject({ kind: 'half-open' })
    const bounds = connection.bounds({ topic, partition: 0 })
    bounds.catch(() => undefined)
    await until(() => ahead.mock.calls.length > 1, 'it is asked')
    ahead.mockRestore()
    proxy.heal()
    await expect(bounds).rejects.toThrow('unanswered')
    await connection.close()
  }, 20_000)

  it('leaves a connection, too, over which it was not even greeted', async () => {
    const { nextOffset } = log.bounds('ingest')
    proxy.inject({ kind: 'half-open' })
    await expect(log.append('ingest', [recordOf('refused')])).rejects.toMatchObject({ retryable: true })
    proxy.heal()
    await log.append('ingest', [recordOf('taken')])
    await until(() => log.bounds('ingest').nextOffset > nextOffset, 'it is read too')
  })
})
