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
const partitions = 4
const perBatch = 500
const storeMs = 600_000
const nearRows = 20_000
/** Looking costs the store something, too. */
const lookMs = { before: 1_000, nearEnd: 100 } as const
const goal = 2.5

interface SourceTopic {
  readonly name: string
  readonly messages: number
}

/** What has to be compiled and filled once is in both: the rest of the long one costs what every further message does. */
const short: SourceTopic = { name: 'mesh-access-logs-first', messages: Math.ceil(messages / 3 / perBatch) * perBatch }
const long: SourceTopic = { name: 'mesh-access-logs', messages: short.messages + messages }

/** Of collector and store; the broker's apart. */
interface Cost {
  readonly cpuMicroseconds: number
  /** The store's of it. */
  readonly storeMicroseconds: number
}

interface Run extends Cost {
  readonly perSecond: number
  readonly memoryBytes: number
}

/** Everything is there before it is read: no producer shares the processors. */
async function fill(broker: OwnBroker, { name: topic, messages }: SourceTopic): Promise<void> {
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

/** From the moment the broker answers until the last row is stored; costs are of all messages together. */
async function read(
  broker: OwnBroker,
  { name, messages }: SourceTopic,
  open: (topic: string) => Promise<Subject>,
): Promise<Run> {
  broker.pause()
  const subject = await open(name)
  const cpu = (): readonly number[] => subject.pids.map(cpuSeconds)
  const before = cpu()
  const memory = watchMemory(subject.pids)
  broker.resume()
  const startedAt = performance.now()
  for (;;) {
    const stored = await subject.stored()
    if (stored >= messages) break
    const isNearEnd = stored > messages - nearRows
    if (isNearEnd) await subject.flush()
    if (performance.now() - startedAt > storeMs) throw new Error(`only ${stored} of ${messages} rows were stored`)
    await new Promise((resolve) => setTimeout(resolve, isNearEnd ? lookMs.nearEnd : lookMs.before))
  }
  const [own = 0, store = 0] = cpu().map((seconds, at) => (seconds - (before[at] ?? 0)) * 1e6)
  const run = {
    cpuMicroseconds: own + store,
    storeMicroseconds: store,
    perSecond: (messages / (performance.now() - startedAt)) * 1000,
    memoryBytes: memory.stop(),
  }
  await subject.close()
  return run
}

function each(whole: Cost, messages: number): Cost {
  return {
    cpuMicroseconds: whole.cpuMicroseconds / messages,
    storeMicroseconds: whole.storeMicroseconds / messages,
  }
}

function difference(one: Cost, other: Cost): Cost {
  return {
    cpuMicroseconds: one.cpuMicroseconds - other.cpuMicroseconds,
    storeMicroseconds: one.storeMicroseconds - other.storeMicroseconds,
  }
}

function shown({ cpuMicroseconds, storeMicroseconds }: Cost): string {
  return `${cpuMicroseconds.toFixed(1)} µs CPU (store ${storeMicroseconds.toFixed(1)})`
}

const broker = await startKafka()
const settingsFor = (topic: string): { readonly receivers: object } => ({
  receivers: { kafka: { connection: { brokers: broker.brokers }, topics: [{ topic }] } },
})
const address = broker.brokers[0] ?? ''
const ours = 'eastwest, storing alone'
const naive = 'kafkajs eachMessage'
const subjects = new Map<string, (topic: string) => Promise<Subject>>([
  [
    ours,
    (topic) =>
      openEastwest(
        detectors.map(({ id }) => id),
        settingsFor(topic),
      ),
  ],
  ['eastwest, judging too', (topic) => openEastwest([], settingsFor(topic))],
  [naive, (topic) => openNaiveConsumer(address, topic)],
])
console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`)
console.log(
  `${thousands(messages)} messages of about 1.1 KB in ${partitions} partitions, after ${thousands(short.messages)} more; ` +
    `${rounds} rounds, in turn\n`,
)
const further = new Map<string, number[]>([...subjects.keys()].map((name) => [name, []]))
const cold = new Map<string, number[]>([...subjects.keys()].map((name) => [name, []]))
try {
  await fill(broker, short)
  await fill(broker, long)
  for (let round = 1; round <= rounds; round++) {
    for (const [name, open] of subjects) {
      const first = await read(broker, short, open)
      const all = await read(broker, long, open)
      const whole = each(all, long.messages)
      const more = each(difference(all, first), messages)
      cold.get(name)?.push(whole.cpuMicroseconds)
      further.get(name)?.push(more.cpuMicroseconds)
      console.log(
        `round ${round}  ${name.padEnd(24)} ${shown(more)} a message, from a cold start ${shown(whole)}  ` +
          `${thousands(all.perSecond).padStart(7)} messages/s  ${mebibytes(all.memoryBytes)}`,
      )
    }
  }
} finally {
  await broker.stop()
}

function timesOurs(found: ReadonlyMap<string, readonly number[]>): string {
  const ratios = (found.get(ours) ?? []).map((cost, at) => (found.get(naive)?.[at] ?? Number.NaN) / cost)
  return `${median(ratios).toFixed(2)} (by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`
}

console.log(
  `\nMessages per CPU second, times those of ${naive}: ${timesOurs(further)}; goal: at least ${goal}. ` +
    `From a cold start: ${timesOurs(cold)}`,
)
process.exit(0)
