// Child process: the consumer everybody writes first — kafkajs `eachMessage`, `JSON.parse`, `insert` of JSON rows.

import { createClient } from '@clickhouse/client'
import kafkajs from 'kafkajs'
import { naiveColumns, naiveTable } from './access-line.ts'

const [storeUrl = '', username = '', password = '', broker = '', topic = ''] = process.argv.slice(2)
const batchRows = 10_000

const client = createClient({ url: storeUrl, username, password, request_timeout: 60_000 })
await client.command({ query: naiveTable })
const consumer = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING }).consumer({
  groupId: `naive-${process.pid}`,
})
let rows: Record<string, unknown>[] = []

async function flush(): Promise<void> {
  const batch = rows
  rows = []
  await client.insert({ table: 'naive_events', values: batch, format: 'JSONEachRow' })
}

process.on('message', () => {
  flush().then(() => process.send?.({ flushed: true }))
})
process.on('disconnect', () => process.exit(0))

// Before the broker answers: what it costs to read is measured from there.
process.send?.({ port: 0 })
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
await consumer.run({
  eachMessage: async ({ message }) => {
    const parsed = JSON.parse(String(message.value)) as Record<string, unknown> // what the benchmark wrote
    const row: Record<string, unknown> = {}
    for (const name of naiveColumns) row[name] = parsed[name] ?? ''
    row.start_time = String(parsed.start_time).replace('Z', '')
    rows.push(row)
    if (rows.length >= batchRows) await flush()
  },
})
