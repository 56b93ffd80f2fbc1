// The command prints a plan, takes other prices, and says what is wrong with what it is given.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../../test/architecture/source-files.ts'
import { ownPrices } from './figures.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-plan-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const entry = join(root, 'dist/deploy/plan-fleet/plan-fleet.js')
const run = (...words: readonly string[]) => promisify(execFile)(process.execPath, [entry, ...words])

function pricesFile(name: string, prices: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(prices))
  return path
}

describe('npm run plan-fleet', () => {
  it('prints what is needed and what breaks first', async () => {
    const { stdout } = await run('--events-per-second', '250000', '--retention-days', '90')
    expect(stdout).toMatch(/^\| brokers +\| +\d+ \|$/m)
    expect(stdout).toContain('retention-days 90')
    expect(stdout).toMatch(/^- On these machines \*\*.+\*\*, full at [\d,]+ events\/s: /m)
  })

  it('counts in the prices it is given', async () => {
    const free = { ...ownPrices, currency: 'EUR', vcpuHour: 0, gibibyteHour: 0, diskGigabyteMonth: 0, zoneGigabyte: 0 }
    const { stdout } = await run('--events-per-second', '10000', '--prices', pricesFile('free.json', free))
    expect(stdout).toMatch(/^\| all, EUR a month +\| +0 \|$/m)
  })

  it.each([
    ['no rate', [], /^plan-fleet: .*eventsPerSecond/s],
    ['a rate that is none', ['--events-per-second', 'many'], /^plan-fleet: .*eventsPerSecond/s],
    [
      'prices that are not all',
      ['--events-per-second', '1', '--prices', pricesFile('few.json', { currency: 'USD' })],
      /vcpuHour/,
    ],
    ['a file that is not there', ['--events-per-second', '1', '--prices', join(folder, 'none')], /no such file/],
  ])('says what is wrong with %s', async (_, words, message) => {
    await expect(run(...words)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })
})
