// A collector whose store is too old to be spoken to says so at its start, and ends.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OldServer, startOldServer } from '../support/clickhouse/old-server.ts'
import { runCommand } from '../support/command.ts'

const cwd = mkdtempSync(join(tmpdir(), 'eastwest-refused-'))
let old: OldServer | undefined

beforeAll(async () => {
  old = await startOldServer()
})
afterAll(async () => {
  await old?.stop()
  rmSync(cwd, { recursive: true, force: true })
})

it('names the version found, the version needed and what to do', async () => {
  writeFileSync(join(cwd, 'eastwest.yaml'), `store: { url: "${old?.url}" }\n`)
  const { code, stderr } = await runCommand(['run', '--port', '0', '--config', 'eastwest.yaml'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain(`the store at "${old?.url}" is ClickHouse 18.16.1, this program needs 24.8 or newer`)
})
