// Asks a store through `clickhouse-go`, as Grafana's plugin does; the program for it is built once and kept.

import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { root } from '../architecture/source-files.ts'

const run = promisify(execFile)

export interface GoPlace {
  /** Of the store, `http://host:port`. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database?: string
  /** Custom settings of the data source. */
  readonly settings?: Readonly<Record<string, string | number>>
}

export interface GoQuery {
  readonly name: string
  readonly sql: string
}

const goAnswer = z.strictObject({
  name: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  error: z.string(),
})

/**
 * Values are as JSON has them; numbers of 64 bits, decimals, addresses and UUIDs are strings, instants RFC 3339 in UTC.
 * `error` is `''` where the query was answered.
 */
export type GoAnswer = z.infer<typeof goAnswer>

const sources = join(root, 'test', 'grafana', 'clickhouse-go')
/** One query by a slow machine, many of them in a run. */
const runMs = 120_000

/** `undefined` where Go is there and new enough, else what to do about it, in one line. */
export async function whyNoGo(): Promise<string | undefined> {
  const needed = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(sources, 'go.mod'), 'utf8'))
  const said = await run('go', ['version']).then(
    ({ stdout }) => stdout,
    () => '',
  )
  const found = /go(\d+)\.(\d+)/.exec(said)
  const needs = `queries through clickhouse-go need Go ${needed?.[1]}.${needed?.[2]} or newer (https://go.dev/dl)`
  if (found === null) return `${needs}, and "go" is not installed`
  // From 1.21 on Go fetches the version that a module names, unless it was told not to.
  const fetches = isAtLeast(found, 1, 21) && (await environmentOf('GOTOOLCHAIN')) !== 'local'
  if (fetches || isAtLeast(found, Number(needed?.[1]), Number(needed?.[2]))) return undefined
  return `${needs}, and "go" is ${found[0]}`
}

function isAtLeast(found: RegExpExecArray, major: number, minor: number): boolean {
  const [, foundMajor, foundMinor] = found.map(Number)
  return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor)
}

async function environmentOf(name: string): Promise<string> {
  return (await run('go', ['env', name])).stdout.trim()
}

/** Rejects where the program cannot be built or run; what a query fails with is in its answer. */
export async function queryByGo(place: GoPlace, queries: readonly GoQuery[]): Promise<readonly GoAnswer[]> {
  const { username, password, database = 'default', settings = {} } = place
  const asked = { address: new URL(place.url).host, database, username, password, settings, queries }
  return z.array(goAnswer).parse(JSON.parse(await outputOf(await builtProgram(), JSON.stringify(asked))))
}

/** Path of the program; the folder's name changes with its sources. */
async function builtProgram(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of readdirSync(sources).toSorted()) hash.update(name).update(readFileSync(join(sources, name)))
  const kept = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'eastwest-tests')
  const program = join(kept, `clickhouse-go-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(program)) return program
  mkdirSync(kept, { recursive: true })
  const fresh = `${program}.${process.pid}`
  try {
    // Without C nothing but Go is needed; without optimisation a first build takes two thirds of the time.
    const env = { ...process.env, CGO_ENABLED: '0' }
    await run('go', ['build', '-buildvcs=false', '-trimpath', '-gcflags=all=-N -l', '-o', fresh, '.'], {
      cwd: sources,
      env,
    })
    renameSync(fresh, program)
  } finally {
    rmSync(fresh, { force: true })
  }
  return program
}

function outputOf(program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'], timeout: runMs })
    const written = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.stderr += text
    })
    child.once('error', reject)
    child.once('close', (code, killer) => {
      if (code === 0) resolve(written.stdout)
      else reject(new Error(`clickhouse-go ended with ${killer ?? code}: ${written.stderr}`))
    })
    // One that ends before it reads closes its side.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
