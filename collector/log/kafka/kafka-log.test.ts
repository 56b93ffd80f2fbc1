// The log on a real Kafka broker: the suite that every log must pass, and what only a broker can do to it.

import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KafkaBroker, kafkaClient, openKafka } from '../../../test/support/kafka/kafka-broker.ts'
import { temporaryKafkaLog } from '../../../test/support/kafka/temporary-kafka-log.ts'
import { readAll, readOn, readTexts, textOf, texts } from '../conformance/log-under-test.ts'
import { describeLog } from '../conformance.ts'

let broker: KafkaBroker

beforeAll(async () => {
  broker = await openKafka()
})
afterAll(() => broker.stop())

describeLog('Kafka', {
  trims: false,
  tellsTime: false,
  open: async (_clock, maxRecordBytes) => {
    const { open } = await temporaryKafkaLog(broker, { maxRecordBytes })
    let log = await open()
    return {
      log,
      reopen: async () => {
        await log.close()
        log = await open()
        return log
      },
      dispose: () => log.close(),
    }
  },
})

describe('a broker', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('compresses with %s what is read back as it was', async (compression) => {
    const { open } = await temporaryKafkaLog(broker, { compression })
    const written = Array.from(
      { length: 300 },
      (_, line) => `line ${line} ${'same '.repeat(line % 90)}${Math.sin(line)}`,
    )
    const log = await open()
    await log.append('ingest', texts(...written))
    await log.close()
    const again = await open()
    expect(await readTexts(again, 'ingest')).toEqual(written)
    await again.close()
  })

  it('has at hand what was appended to a compacted topic, though another writes in between', async () => {
    const { open } = await temporaryKafkaLog(broker)
    const [log, other] = [await open(), await open()]
    for (let round = 0; round < 20; round++) {
      const theirs = other.append('alerts', [{ key: `theirs ${round}`, value: Buffer.from('theirs') }])
      const [receipt] = await log.append('alerts', [{ key: 'ours', value: Buffer.from(`ours ${round}`) }])
      const { records } = log.read('alerts', receipt?.coordinate.offset ?? -1, { maxBytes: 1 })
      expect(records.map(textOf)).toEqual([`ours ${round}`])
      await theirs
    }
    await log.close()
    await other.close()
  })

  it('shows of a compacted topic only what comes from now on, where that is asked for', async () => {
    const { open } = await temporaryKafkaLog(broker)
    const writer = await open()
    await writer.append('alerts', [{ key: 'earlier', value: Buffer.from('earlier') }])
    const follower = await open({ alerts: { of: 'alerts', isRead: true, isTail: true } })
    const { nextOffset } = follower.bounds('alerts')
    expect(nextOffset).toBe(1)
    await writer.append('alerts', [{ key: 'now', value: Buffer.from('now') }])
    await writer.append('alerts', [{ key: 'now', value: Buffer.from('now again') }])
    await expect
      .poll(() => follower.read('alerts', nextOffset, { maxBytes: 1_000 }).records.map(textOf))
      .toEqual(['now', 'now again'])
    expect(() => [...follower.readCompacted('alerts')]).toThrow('not held')
    await follower.close()
    await writer.close()
  })

  it('lets others write in between, whose records come in their place', async () => {
    const { prefix, open } = await temporaryKafkaLog(broker)
    const log = await open()
    const producer = kafkaClient(broker).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    await log.append('ingest', texts('ours'))
    await producer.send({ topic: `${prefix}ingest`, messages: [{ partition: 0, value: 'theirs' }] })
    const [receipt] = await log.append('ingest', texts('ours again'))
    expect(receipt?.coordinate.offset).toBe(2)
    const records = await readAll(log, 'ingest')
    expect(records.map(textOf)).toEqual(['ours', 'theirs', 'ours again'])
    expect(records.every(({ appendedAt }, at) => appendedAt >= (records[at - 1]?.appendedAt ?? 1))).toBe(true)
    await producer.disconnect()
    await log.close()
  })

  it('drops records before they are read, which come as missing', async () => {
    const { prefix, open } = await temporaryKafkaLog(broker)
    const first = await open()
    await first.append('ingest', texts('a', 'b', 'c'))
    await first.close()
    const admin = kafkaClient(broker).admin()
    await admin.connect()
    await admin.fetchTopicOffsets(`${prefix}ingest`) // it wants to know the topic beforehand
    await admin.deleteTopicRecords({ topic: `${prefix}ingest`, partitions: [{ partition: 0, offset: '2' }] })
    await admin.disconnect()
    const log = await open()
    expect(log.bounds('ingest')).toMatchObject({ firstOffset: 2, nextOffset: 3 })
    const result = await readOn(log, 'ingest', 0, { maxBytes: 100 })
    expect(result.damaged).toMatchObject([{ fromOffset: 0, toOffset: 1, reason: 'missing' }])
    expect((await readOn(log, 'ingest', 2, { maxBytes: 100 })).records.map(textOf)).toEqual(['c'])
    await log.close()
  })

  it('gives a topic another incarnation when it is deleted and made again', async () => {
    const { prefix, open } = await temporaryKafkaLog(broker)
    const log = await open()
    const { incarnation } = log.bounds('ingest')
    await log.close()
    const admin = kafkaClient(broker).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [`${prefix}ingest`] })
    await expect(open()).rejects.toMatchObject({
      code: 'ERR_LOG_IO',
      message: `cannot read topic "${prefix}ingest" (it does not exist): create it or grant access`,
    })
    await expect.poll(() => admin.listTopics()).not.toContain(`${prefix}ingest`)
    await admin.createTopics({ topics: [{ topic: `${prefix}ingest`, numPartitions: 2 }] })
    await admin.disconnect()
    const again = await open()
    expect(again.bounds('ingest').incarnation).toMatch(/^[0-9a-f]{32}$/)
    expect(again.bounds('ingest').incarnation).not.toBe(incarnation)
    await again.close()
  })
})
