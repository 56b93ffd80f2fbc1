// Runs the embedded store beside the collector: starts it, starts it again when it ends, and stops it.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, realpathSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { launchChild, type RunningChild, StoreChildError } from './child-process.ts'
import { type Account, readOrMakeAccounts } from './passwords.ts'
import { openRestartPolicy, restartBounds } from './restart-policy.ts'

export { StoreChildError } from './child-process.ts'

export interface StoreClock {
  /** Monotone. Unit: ms. */
  readonly now: () => number
  /** Rejects when the signal fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface StoreChildOptions {
  /** The data directory: passwords in it, the store in its folder `store`. */
  readonly directory: string
  /** Loopback port; 0 picks a free one, which restarts keep. */
  readonly port: number
  /** Path of the compiled `child.js`. */
  readonly entry: string
  /** Free disk below which inserts are refused with code 243. Unit: bytes. */
  readonly minFreeDiskBytes?: number
  /** Memory the engine may take. Unit: bytes. */
  readonly maxMemoryBytes?: number
  /** A file system in memory, on which bytes pass to the engine if it is roomy; `/dev/shm` unless said. */
  readonly memoryDisk?: string
  /** Epoch of this owner: inserts of older ones are refused from the moment the child is ready. */
  readonly claim?: number
  /** Time for a start, a lock that another process is about to give up included. Unit: ms. */
  readonly readyTimeoutMs?: number
  /** Variables of the child beside its own; a crash harness sets `EASTWEST_FAILPOINTS`. */
  readonly environment?: Readonly<Record<string, string>>
  /** The child ended without being asked and is started again. */
  readonly onExit?: (detail: string) => void
  /** After `onExit`: it is there again. */
  readonly onRestart?: () => void
  /** A line the engine or the child printed. */
  readonly onOutput?: (line: string) => void
  readonly clock?: StoreClock
  readonly randomBytes?: (size: number) => Buffer
  /** Ends the start. */
  readonly signal?: AbortSignal
}

export interface StoreChild {
  readonly url: string
  readonly port: number
  readonly version: string
  readonly writer: Account
  readonly reader: Account
  /** `undefined` while it is being started again. */
  readonly pid: number | undefined
  /** Resolves when the child is gone; waits for running queries, ten seconds at most. */
  readonly stop: () => Promise<void>
}

/** How long a child of a collector that was killed may keep what the next one needs: it closes its port first. */
const passing: Partial<Record<StoreChildError['code'], number>> = {
  ERR_STORE_DIRECTORY_LOCKED: 15_000,
  ERR_STORE_PORT_TAKEN: 5_000,
}
const mebibyte = 1024 * 1024
const lockRetryMs = 100
const stopTimeoutMs = 15_000

const systemClock: StoreClock = {
  now: () => performance.now(),
  pause: (ms, signal) => pause(ms, undefined, { signal }),
}

/** @throws StoreChildError when the store cannot be started; a later end is mended by itself and told to `onExit` */
export async function startStoreChild(options: StoreChildOptions): Promise<StoreChild> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const directory = realpathSync(options.directory)
  const accounts = readOrMakeAccounts(directory, options.randomBytes ?? randomBytes)
  const clock = options.clock ?? systemClock
  const stopping = new AbortController()
  let port = options.port

  const start = async (): Promise<RunningChild> => {
    const readyTimeoutMs = options.readyTimeoutMs ?? 30_000
    const signal = AbortSignal.any([
      AbortSignal.timeout(readyTimeoutMs),
      stopping.signal,
      ...(options.signal === undefined ? [] : [options.signal]),
    ])
    const beganAt = clock.now()
    for (;;) {
      try {
        const started = await launchChild({
          entry: options.entry,
          options: {
            directory,
            port,
            memoryDisk: options.memoryDisk ?? '/dev/shm',
            minFreeDiskBytes: options.minFreeDiskBytes ?? 512 * mebibyte,
            maxMemoryBytes: options.maxMemoryBytes ?? 1024 * mebibyte,
          },
          environment: options.environment ?? {},
          reader: accounts.reader,
          onOutput: options.onOutput ?? (() => undefined),
          signal,
        })
        await raiseClaim(started, accounts.writer, options.claim, signal)
        return started
      } catch (cause) {
        const passesWithinMs = cause instanceof StoreChildError ? passing[cause.code] : undefined
        if (passesWithinMs === undefined) throw cause
        if (clock.now() - beganAt > Math.min(passesWithinMs, readyTimeoutMs / 2)) throw cause
        await clock.pause(lockRetryMs, signal)
      }
    }
  }

  let current: RunningChild | undefined = await start()
  const { version } = current
  port = current.port

  const keepRunning = async (): Promise<void> => {
    const waitAfter = openRestartPolicy(restartBounds)
    while (current !== undefined) {
      const beganAt = clock.now()
      const detail = await ended(current)
      current = undefined
      if (stopping.signal.aborted) return
      options.onExit?.(detail)
      let ranMs = clock.now() - beganAt
      while (current === undefined) {
        await clock.pause(waitAfter(ranMs), stopping.signal)
        ranMs = 0
        current = await start().catch((cause: unknown) => {
          if (stopping.signal.aborted) throw cause
          options.onExit?.(cause instanceof Error ? cause.message : String(cause))
          return undefined
        })
      }
      options.onRestart?.()
    }
  }
  // Only stopping ends it with a rejection.
  const kept = keepRunning().catch(() => undefined)

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    version,
    writer: accounts.writer,
    reader: accounts.reader,
    get pid() {
      return current?.process.pid
    },
    stop: async () => {
      stopping.abort()
      const child = current?.process
      child?.kill('SIGTERM')
      const late = new AbortController()
      void clock.pause(stopTimeoutMs, late.signal).then(
        () => child?.kill('SIGKILL'),
        () => undefined,
      )
      await kept
      late.abort()
    },
  }
}

async function ended({ process: child }: RunningChild): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`
}

async function raiseClaim(
  child: RunningChild,
  writer: Account,
  claim: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (claim === undefined) return
  const reply = await fetch(`http://127.0.0.1:${child.port}/claim`, {
    method: 'POST',
    headers: {
      'X-ClickHouse-User': writer.username,
      'X-ClickHouse-Key': writer.password,
      'X-Eastwest-Claim': String(claim),
    },
    signal,
  })
  const text = await reply.text()
  if (reply.ok) return
  child.process.kill('SIGTERM')
  throw new StoreChildError('ERR_STORE_STALE_OWNER', false, `store refused the claim ${claim}: ${text.trim()}`)
}
