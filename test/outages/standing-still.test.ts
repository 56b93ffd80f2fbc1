// A collector that stands still although nothing is out: it ends, and says what stood still, so that a new process goes on.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { forwarded } from '../../collector/log/forwarded.ts'
import type { Log } from '../../collector/log/log.ts'
import { openCollector } from '../../collector/wiring/run/collector.ts'
import { openLogger } from '../../collector/wiring/run/logger.ts'
import { openLog } from '../../collector/wiring/run/open-log.ts'
import { settingsSchema } from '../../collector/wiring/settings/settings.ts'
import { openTelemetry } from '../../collector/wiring/telemetry/open-telemetry.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-still-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Says that there is more, and never gives it. */
function withheld(log: Log): Log {
  return {
    ...forwarded(log),
    read: (topic, offset, options, partition) =>
      topic === 'ingest'
        ? { records: [], damaged: [], nextOffset: offset }
        : log.read(topic, offset, options, partition),
  }
}

it('ends', async () => {
  const settings = settingsSchema.parse({
    receivers: { http: { port: 0 }, otlp: { port: 0, grpcPort: 0 } },
    store: { port: 0, timeoutMs: 1_000 },
    telemetry: { logLevel: 'silent' },
  })
  const collector = await openCollector({
    settings,
    readSettings: () => settings,
    dataPath: folder,
    version: 'tests',
    environment: {},
    telemetry: openTelemetry('tests', {}),
    openLogger: () => openLogger(settings.telemetry, process.stderr, (text) => text),
    onAlert: () => undefined,
    openLog: async (options) => withheld(await openLog(settings.log, options)),
  })
  const reply = await fetch(`http://127.0.0.1:${collector.port}/v1/events`, {
    method: 'POST',
    body: '2025-03-14 11:42:01 | user_id=U-1 | action=LOGIN\n',
    headers: { 'content-type': 'text/plain' },
  })
  expect(reply.status).toBe(200)
  await expect(collector.failed).rejects.toThrow(/^judging has stood still for 60 s at 0, 1 behind/)
  await collector.close()
}, 120_000)
