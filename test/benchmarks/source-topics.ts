// `npm run bench:kafka`: what reading, decoding and storing a message of a topic costs, beside the consumer everybody writes first.

import { parseArgs } from 'node:util'
import kafkajs from 'kafkajs'
import { detectors } from '../../detectors/catalog.ts'
import { kafkaClient, type OwnBroker, startKafka } from '../support/kafka/kafka-broker.ts'
import { openLoadBody } from './load-body.ts'
import { cpuSeconds, watchMemory } from './process-facts.ts'
import { machine } from './report.ts'
import { mebibytes, median, thousands } from './statistics.ts'
import { openEastwest, openNaiveConsumer, type Subject } from './subjects.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, messages: { type: 'string', default: '1000000' } },
})

const rounds = Number(values.rounds)
const messages = Number(values.messages)
const topic = 'mesh-access-logs'
const partitions = 4
const perBatch = 500
const storeMs = 600_000
const goal = 2.5

interface Run {
  /** Collector and store together; the broker's apart. */
  readonly cpuMicroseconds: number
  /** The store's of it. */
  readonly storeMicroseconds: number
  readonly perSecond: number
  readonly memoryBytes: number
}

/** Everything is there before it is read: no producer shares the processors. */
async function fill(broker: OwnBroker): Promise<void> {
  const admin = kafkaClient(broker).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] })
  await admin.disconnect()
  const producer = kafkaClient(broker).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const body = openLoadBody(perBatch)
  for (let sent = 0; sent < messages; sent += perBatch) {
    body.renew(sent, Date.now())
    const lines = body.bytes.toString('latin1').split('\n').slice(0, perBatch)
    const partition = (sent / perBatch) % partitions
    await producer.send({ topic, messages: lines.map((value) => ({ value, partition })) })
  }
  await producer.disconnect()
}

/** From the moment the broker answers until the last row is stored. */
async function measure(broker: OwnBroker, open: () => Promise<Subject>): Promise<Run> {
  broker.pause()
  const subject = await open()
  const cpu = (): readonly number[] => subject.pids.map(cpuSeconds)
  const before = cpu()
  const memory = watchMemory(subject.pids)
  broker.resume()
  const startedAt = performance.now()
  for (;;) {
    const stored = await subject.stored()
    if (stored >= messages) break
    if (stored > messages - 20_000) await subject.flush()
    if (performance.now() - startedAt > storeMs) throw new Error(`only ${stored} of ${messages} rows were stored`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const [own = 0, store = 0] = cpu().map((seconds, at) => ((seconds - (before[at] ?? 0)) / messages) * 1e6)
  const run = {
    cpuMicroseconds: own + store,
    storeMicroseconds: store,
    perSecond: (messages / (performance.now() - startedAt)) * 1000,
    memoryBytes: memory.stop(),
  }
  await subject.close()
  return run
}

const broker = await startKafka()
const settings = { receivers: { kafka: { connection: { brokers: broker.brokers }, topics: [{ topic }] } } }
const address = broker.brokers[0] ?? ''
const ours = 'eastwest, storing alone'
const naive = 'kafkajs eachMessage'
const subjects = new Map<string, () => Promise<Subject>>([
  [
    ours,
    () =>
      openEastwest(
        detectors.map(({ id }) => id),
        settings,
      ),
  ],
  ['eastwest, judging too', () => openEastwest([], settings)],
  [naive, () => openNaiveConsumer(address, topic)],
])
console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`)
console.log(`${thousands(messages)} messages of about 1.1 KB in ${partitions} partitions, ${rounds} rounds, in turn\n`)
const found = new Map<string, Run[]>([...subjects.keys()].map((name) => [name, []]))
try {
  await fill(broker)
  for (let round = 1; round <= rounds; round++) {
    for (const [name, open] of subjects) {
      const run = await measure(broker, open)
      found.get(name)?.push(run)
      console.log(
        `round ${round}  ${name.padEnd(24)} ${run.cpuMicroseconds.toFixed(1)} µs CPU/message (store ${run.storeMicroseconds.toFixed(1)})  ` +
          `${thousands(run.perSecond).padStart(7)} messages/s  ${mebibytes(run.memoryBytes)}`,
      )
    }
  }
} finally {
  await broker.stop()
}
const ratios = (found.get(ours) ?? []).map(
  (run, at) => (found.get(naive)?.[at]?.cpuMicroseconds ?? Number.NaN) / run.cpuMicroseconds,
)
console.log(
  `\n${median(ratios).toFixed(2)} times as many messages per CPU second as ${naive} (by round: ` +
    `${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; goal: at least ${goal})`,
)
process.exit(0)
