// The command line without a collector: help, settings, catalogues, files, exit codes.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { accessLineWith } from '../support/access-line.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { commandEntry } from '../support/running-collector.ts'

vi.setConfig({ testTimeout: 120_000 })

const cwd = mkdtempSync(join(tmpdir(), 'eastwest-commands-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const run = (...words: readonly string[]): Promise<CommandResult> => runCommand(words, { cwd })

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(cwd, name), content)
  return name
}

const refunds = [
  '2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99',
  '2025-03-14 11:42:05 | user_id=USR-99 | action=REFUND | order=ORD-1202 | amount=124.50',
  '2025-03-14 11:42:07 | user_id=USR-99 | action=REFUND | order=ORD-1203 | amount=200.00',
].join('\n')

describe('the command line', () => {
  it('may be run as it is, as npx does', () => {
    expect(execFileSync(commandEntry, ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('says what it can do', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    for (const name of ['run', 'replay', 'learn', 'alerts', 'explain', 'detectors', 'formats', 'config', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  })

  it.each([
    ['an unknown option', ['run', '--prot', '1'], /--prot.*\n.*--port/s],
    ['an unknown command', ['repaly'], /replay/],
    ['a port that is none', ['run', '--port', '70000'], /0 to 65535/],
    ['a severity that is none', ['replay', '--fail-on', 'hgih', 'x'], /info, low, medium, high, critical/],
    ['an output form that is none', ['formats', 'identify', '--output', 'xml', 'x'], /text, json/],
    ['a detector that is none', ['detectors', 'show', 'nothing'], /detectors list/],
    ['no files to learn from', ['learn'], /--from/],
  ])('takes %s for a mistake in the call', async (_, words, told) => {
    const { code, stderr } = await run(...words)
    expect(stderr).toMatch(told)
    expect(code).toBe(2)
  })

  it.each([
    ['replay', ['replay', 'missing.log']],
    ['learn', ['learn', '--from', 'missing.log']],
    ['formats identify', ['formats', 'identify', 'missing.log']],
  ])('fails when %s is given a file that is not there, and names it', async (_, words) => {
    const { code, stderr } = await run(...words)
    expect(stderr).toContain('"missing.log"')
    expect(stderr).not.toContain('bug')
    expect(code).toBe(1)
  })

  it('writes no escape codes where nobody looks at a terminal', async () => {
    const { stdout, stderr } = await run('detectors', 'show', 'refund-burst')
    expect(stdout).toContain('Runbook')
    expect(stdout + stderr).not.toContain('\u001b')
  })

  it('lists and shows detectors and formats', async () => {
    expect((await run('detectors', 'list')).stdout).toMatch(/refund-burst[\s\S]*unexpected-caller/)
    expect((await run('detectors', 'show', 'unexpected-caller')).stdout).toContain('dormantDays')
    expect((await run('formats', 'list')).stdout).toContain('audit-line')
  })

  it('lists them for scripts too', async () => {
    const json = async (...words: readonly string[]): Promise<unknown> =>
      JSON.parse((await run(...words, '--output', 'json')).stdout)
    expect(await json('detectors', 'list')).toMatchObject([
      { id: 'refund-burst', version: 1 },
      { id: 'unexpected-caller' },
      { id: 'token-replay' },
      { id: 'refresh-token-reuse' },
      { id: 'record-loss' },
    ])
    expect(await json('detectors', 'show', 'refund-burst')).toMatchObject({
      runbook: expect.any(Array),
      settings: expect.arrayContaining([expect.objectContaining({ name: 'ladder' })]),
    })
    expect(await json('formats', 'list')).toContainEqual(
      expect.objectContaining({ id: 'audit-line', kinds: expect.any(Array) }),
    )
  })

  it('colours for a terminal, and not where NO_COLOR is set or the terminal is dumb', () => {
    const onTerminal = (environment: Readonly<Record<string, string>>): string =>
      execFileSync(
        'script',
        ['-qec', `"${process.execPath}" "${commandEntry}" detectors show refund-burst`, '/dev/null'],
        {
          env: { PATH: process.env.PATH, TERM: 'xterm', ...environment },
          encoding: 'utf8',
        },
      )
    expect(onTerminal({})).toContain('\u001b[1mRunbook')
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }] as const) {
      const text = onTerminal(environment)
      expect(text).toContain('Runbook')
      expect(text).not.toContain('\u001b')
    }
  })

  it('identifies the lines of a file', async () => {
    file('mixed.log', `${refunds}\n${accessLineWith({})}\n`)
    const { code, stdout } = await run('formats', 'identify', 'mixed.log', '--output', 'json')
    expect(code).toBe(0)
    const found = JSON.parse(stdout) as { format: string; records: number }[] // our own output
    expect(found.find(({ format }) => format === 'audit-line')?.records).toBe(3)
    expect(found.find(({ format }) => format === 'istio-json')?.records).toBe(1)
  })
})

describe('the settings', () => {
  it('are checked whole: every mistake with path, value and nearest name', async () => {
    file('bad.yaml', 'recievers: {}\nstore: { batchRows: many }\ndetectors: { refund-burst: { wndow: 3 } }\n')
    const { code, stderr } = await run('config', 'check', '--config', 'bad.yaml')
    expect(code).toBe(2)
    expect(stderr).toContain('3 problems in "bad.yaml"')
    expect(stderr).toMatch(/recievers: no such setting\s+did you mean "receivers"\?/)
    expect(stderr).toMatch(/store\.batchRows: found "many"/)
    expect(stderr).toMatch(/detectors\.refund-burst\.wndow: no such setting/)
  })

  it('say so when they are fine', async () => {
    file('fine.yaml', 'tenant: shop\n')
    expect(await run('config', 'check', '--config', 'fine.yaml')).toMatchObject({
      code: 0,
      stdout: '"fine.yaml" is fine\n',
    })
  })

  it('are printed with defaults and without secrets', async () => {
    file('secret.yaml', 'receivers: { http: { token: "hush-hush-hush-hush-hush-hush-1234" } }\n')
    const { code, stdout } = await run('config', 'print', '--config', 'secret.yaml')
    expect(code).toBe(0)
    expect(stdout).not.toContain('hush')
    expect(parse(stdout)).toMatchObject({ tenant: 'default', receivers: { http: { token: '••••••••' } } })
  })

  it('have a JSON Schema that takes what is right and refuses what is not', async () => {
    const { stdout } = await run('config', 'schema')
    const accepts = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(stdout))
    expect(accepts({ tenant: 'shop', store: { batchRows: 5_000 } })).toBe(true)
    expect(accepts({ tennant: 'shop' })).toBe(false)
    expect(accepts({ store: { batchRows: 'many' } })).toBe(false)
  })
})

describe('run', () => {
  it('refuses to listen beyond this machine without a token, and says how to', async () => {
    file('open.yaml', 'receivers: { http: { host: 0.0.0.0 } }\n')
    const { code, stderr } = await run(
      'run',
      '--config',
      'open.yaml',
      '--data',
      'd1',
      '--port',
      '0',
      '--store-port',
      '0',
    )
    expect(code).toBe(2)
    expect(stderr).toContain('receivers.http.token')
  })

  it('names a port that is taken, and ends', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, stderr } = await run('run', '--data', 'd2', '--port', port, '--store-port', '0')
    server.close()
    expect(stderr).toMatch(new RegExp(`127.0.0.1:${port}.*--port`))
    expect(code).toBe(1)
  })
})

describe('replay', () => {
  it('exits 3 when an alert is severe enough, and 0 when none is', async () => {
    file('refunds.log', refunds)
    expect((await run('replay', '--fail-on', 'low', 'refunds.log')).code).toBe(3)
    file('one.log', `${refunds.split('\n')[0]}\n`)
    expect((await run('replay', '--fail-on', 'low', 'one.log')).code).toBe(0)
  })
})
