// Child process: the pipeline everybody writes first — parse, zod, Maps, `insert` of JSON rows — with or without our guarantees.

import { createClient } from '@clickhouse/client'
import express from 'express'
import { open } from 'lmdb'
import { accessLine, naiveColumns, naiveTable } from './access-line.ts'
import { MapDetectors } from './map-detectors.ts'

const [storeUrl = '', username = '', password = '', guarantees = '', logFolder = ''] = process.argv.slice(2)
const batchRows = 10_000

const client = createClient({ url: storeUrl, username, password, request_timeout: 60_000 })
await client.command({ query: naiveTable })
const log = guarantees === 'with-guarantees' ? open({ path: logFolder, compression: false }) : undefined
const detectors = new MapDetectors()
let rows: Record<string, unknown>[] = []
let inserting = Promise.resolve()
let pending = 0
let offset = 0

// A token, a bearer value or a cookie in a line becomes the same mark each time.
const secrets = /eyJ[\w-]+\.[\w-]+\.[\w-]*|Bearer [\w.~+/-]+=*|(?:access_token|refresh_token|password)=[^&"\s]+/g

function flush(): void {
  const batch = rows
  rows = []
  pending += 1
  inserting = inserting
    .then(() => client.insert({ table: 'naive_events', values: batch, format: 'JSONEachRow' }))
    .then(() => {
      pending -= 1
    })
}

async function take(body: string): Promise<void> {
  const scrubbed = log === undefined ? body : body.replace(secrets, '[secret]')
  if (log !== undefined) {
    await log.put(offset++, scrubbed)
    await log.flushed
  }
  for (const line of scrubbed.split('\n')) {
    if (line === '') continue
    const parsed = accessLine.safeParse(JSON.parse(line))
    if (!parsed.success) continue
    detectors.observe(parsed.data)
    const row: Record<string, unknown> = {}
    for (const name of naiveColumns) row[name] = parsed.data[name] ?? ''
    row.start_time = parsed.data.start_time.replace('Z', '')
    rows.push(row)
    if (rows.length >= batchRows) flush()
  }
}

const app = express()
app.use(express.text({ type: () => true, limit: '16mb' }))
app.post('/v1/events', (request, response) => {
  take(String(request.body))
    // Two inserts may wait; without a bound the rows waiting for theirs would grow without end.
    .then(() => (pending > 2 ? inserting : undefined))
    .then(() => response.status(200).json({}))
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('message', () => {
  if (rows.length > 0) flush()
  inserting.then(() => process.send?.({ flushed: true, alerts: detectors.alerts }))
})
process.on('disconnect', () => process.exit(0))
