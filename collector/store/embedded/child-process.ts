// Starts one child process and waits until it answers, or says why it does not.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ChildOptions, childMessage, type StartFault } from './child-messages.ts'
import type { Account } from './passwords.ts'

export type StoreChildFault =
  | StartFault
  | 'ERR_STORE_DIRECTORY_LOCKED'
  | 'ERR_STORE_START_TIMEOUT'
  | 'ERR_STORE_ENDED'
  | 'ERR_STORE_STALE_OWNER'

export class StoreChildError extends Error {
  readonly code: StoreChildFault
  /** True: the same start may succeed later. */
  readonly retryable: boolean

  constructor(code: StoreChildFault, retryable: boolean, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreChildError'
    this.code = code
    this.retryable = retryable
  }
}

export interface RunningChild {
  readonly process: ChildProcess
  readonly port: number
  readonly version: string
}

export interface Launch {
  /** Path of the compiled `child.js`. */
  readonly entry: string
  readonly options: ChildOptions
  readonly environment: Readonly<Record<string, string>>
  readonly reader: Account
  readonly onOutput: (line: string) => void
  readonly signal: AbortSignal
}

const keptOutput = 4096

/** Full collections begin beyond the first: bodies of inserts, which the heap counts as its own, would cause one after another. */
const heapFlags = ['--initial-old-space-size=96', '--max-old-space-size=256']

/**
 * Memory of one insert is there for the next, that of Node's buffers (glibc) as that of the engine (jemalloc): given back to the
 * system at once, or after the engine's five seconds, it costs a fault a page to get again.
 */
const allocatorSettings = {
  MALLOC_TRIM_THRESHOLD_: String(64 * 1024 * 1024),
  MALLOC_TOP_PAD_: String(8 * 1024 * 1024),
  JE_MALLOC_CONF: 'dirty_decay_ms:30000',
}

/**
 * Resolves once the child answers `/ping` and a query.
 * @throws StoreChildError; the child is then gone
 */
export async function launchChild(launch: Launch): Promise<RunningChild> {
  const child = spawn(process.execPath, [...heapFlags, launch.entry, JSON.stringify(launch.options)], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    // Nothing of the parent's environment: what it holds is none of the store's business. Times are told in UTC.
    env: { ...allocatorSettings, ...launch.environment, TZ: 'UTC', UV_THREADPOOL_SIZE: '8' },
  })
  const output = followOutput(child, launch.onOutput)
  try {
    const { port, version } = await readiness(child, output, launch)
    await answers(port, launch)
    return { process: child, port, version }
  } catch (cause) {
    const gone = once(child, 'exit')
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await gone
    }
    throw cause
  }
}

/** @returns the newest output, for the message of a failure */
function followOutput(child: ChildProcess, onOutput: (line: string) => void): () => string {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    let partial = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      tail = (tail + text).slice(-keptOutput)
      const lines = (partial + text).split('\n')
      partial = (lines.pop() ?? '').slice(-keptOutput)
      for (const line of lines) if (line.trim() !== '') onOutput(line)
    })
    stream?.on('error', () => undefined)
  }
  child.stdin?.on('error', () => undefined)
  return () => tail
}

function readiness(
  child: ChildProcess,
  output: () => string,
  { options, signal }: Launch,
): Promise<{ port: number; version: string }> {
  let failed: { readonly code: StartFault; readonly message: string } | undefined
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      signal.removeEventListener('abort', onAbort)
      reject(cause)
    }
    const onAbort = (): void => {
      fail(timedOut(options.directory, signal.reason))
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    child.once('error', (cause) => fail(startFailed('ERR_STORE_ENGINE_FAILED', cause.message, output(), options)))
    child.on('message', (value) => {
      const message = childMessage.parse(value)
      if (message.kind === 'failed') {
        failed = message
        return
      }
      signal.removeEventListener('abort', onAbort)
      resolve(message)
    })
    child.once('close', (code, killer) => {
      // By now the engine's own words about a failure have arrived, which it prints to its output.
      const message = failed?.message ?? `the store ended with ${killer ?? code}`
      fail(startFailed(failed?.code ?? 'ERR_STORE_ENGINE_FAILED', message, output(), options))
    })
  })
}

async function answers(port: number, { reader, options, signal }: Launch): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const headers = { 'X-ClickHouse-User': reader.username, 'X-ClickHouse-Key': reader.password }
  try {
    const ping = await fetch(`${url}/ping`, { signal })
    const reply = await fetch(`${url}/?query=SELECT%20'ready'`, { headers, signal })
    const text = await reply.text()
    if ((await ping.text()) === 'Ok.\n' && text === 'ready\n') return
    throw new StoreChildError('ERR_STORE_ENGINE_FAILED', true, `store on port ${port} does not answer queries: ${text}`)
  } catch (cause) {
    throw cause instanceof StoreChildError ? cause : timedOut(options.directory, cause)
  }
}

function timedOut(directory: string, cause: unknown): StoreChildError {
  return new StoreChildError('ERR_STORE_START_TIMEOUT', true, `store in "${directory}" did not get ready in time`, {
    cause,
  })
}

function startFailed(code: StartFault, message: string, output: string, options: ChildOptions): StoreChildError {
  // Only the engine's own output tells a lock from other faults; its binding passes no code on.
  if (code === 'ERR_STORE_ENGINE_FAILED' && /Code: 76\b|Cannot lock file/.test(output)) {
    return new StoreChildError(
      'ERR_STORE_DIRECTORY_LOCKED',
      true,
      `the store in "${options.directory}" is in use by another process: ` +
        'stop the other eastwest, or name another directory with "--data"',
    )
  }
  const shown = output.trim() === '' ? '' : `: ${output.trim().slice(-1000)}`
  return new StoreChildError(code, code === 'ERR_STORE_PORT_TAKEN', `${message}${shown}`)
}
