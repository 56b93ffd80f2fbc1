// A collector told to stop while it still starts ends in good order, and leaves nothing behind that keeps the next one out.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { childrenOf, commandEntry, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

const data = mkdtempSync(join(tmpdir(), 'eastwest-early-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

describe('a collector that is told to stop while it starts', () => {
  it.each([
    ['SIGTERM', 'its log is open', () => existsSync(join(data, 'log', 'ingest-0'))],
    ['SIGINT', 'its store has been started', (pid: number) => childrenOf(pid).length > 0],
  ] as const)('ends with 0 by %s once %s', async (signal, what, condition) => {
    const words = [commandEntry, 'run', '--data', data, '--port', '0', '--store-port', '0']
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let written = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        written += text
      })
    }
    const gone = new Promise<readonly [number | null, string | null]>((resolve) =>
      child.once('close', (code, killer) => resolve([code, killer])),
    )
    await until(() => condition(child.pid ?? 0), what)
    child.kill(signal)
    expect(await gone).toEqual([0, null])
    expect(written).not.toContain('Alerts, as they come')
  })

  it('does not keep the next one out', async () => {
    const next = await runCollector({ data })
    expect((await next.get('/livez')).status).toBe(200)
    expect(await next.stop()).toBe(0)
  })
})
