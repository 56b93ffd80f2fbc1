// Puts the embedded store together: engine, sessions, spool, claim and the HTTP interface over them.

import { mkdirSync, realpathSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openLane } from './bounded-lane.ts'
import { type ChildOptions, StartError } from './child-messages.ts'
import { openClaim } from './claim.ts'
import { EngineError, openEngine } from './engine.ts'
import { writeEngineConfiguration } from './engine-configuration.ts'
import type { ClickHouseException } from './exception.ts'
import { createHttpInterface } from './http-interface.ts'
import { readOrMakeAccounts } from './passwords.ts'
import type { StoreStep } from './run-query.ts'
import { openSessionPool, type PoolBounds } from './session-pool.ts'
import { openSpool } from './spool.ts'

export interface Surroundings {
  /** Monotone clock. Unit: ms. */
  readonly now: () => number
  readonly deadline: (ms: number) => AbortSignal
  readonly newQueryId: () => string
  readonly randomBytes: (size: number) => Buffer
  readonly enter: (directory: string) => void
  readonly onStep: (step: StoreStep) => void
  readonly onFatal: (cause: ClickHouseException) => void
}

export interface StoreServer {
  readonly port: number
  readonly version: string
  /** Takes no more requests and resolves when none runs; queries still running then are left to the caller. */
  readonly drain: () => Promise<void>
  /** Gives the directory free. Only after draining. */
  readonly close: () => void
  /** Leaves nothing on the memory disk; the directory comes free with the end of the process. Only after draining. */
  readonly abandon: () => void
}

const mebibyte = 1024 * 1024
const poolBounds: PoolBounds = {
  readers: 2,
  maxWaitingReads: 32,
  // Whoever takes over log partitions writes for each of them at once; beyond two dozen some are refused and come again.
  maxWaitingWrites: 48,
  maxReadMs: 30_000,
  maxReadMemoryBytes: 384 * mebibyte,
  maxResultBytes: 256 * mebibyte,
}
const maxInsertBytes = 256 * mebibyte
/** Inserts whose bytes are spooled while they wait; of more the bytes stay with the client. */
const spooledInserts = 9
const maxSqlBytes = 4 * mebibyte

/** @throws StartError with what to do about it */
export async function openStoreServer(options: ChildOptions, around: Surroundings): Promise<StoreServer> {
  const folder = makeFolders(options.directory)
  around.enter(folder)
  const accounts = readOrMakeAccounts(options.directory, around.randomBytes)
  const connectionArgs = writeEngineConfiguration(join(folder, 'configuration'), options)
  const engine = await openEngine(join(folder, 'engine'), connectionArgs).catch((cause: unknown) => {
    throw cause instanceof EngineError ? new StartError(cause.code, cause.message, { cause }) : cause
  })
  // The engine's lock is ours from here on, and with it what an earlier process left in the spool.
  const spool = openSpool(folder, options.memoryDisk)
  spool.clear()
  const pool = openSessionPool(engine, poolBounds, around.deadline)
  const version = await engineVersion(engine)
  const readerCaps = {
    max_execution_time: poolBounds.maxReadMs / 1000,
    max_result_bytes: poolBounds.maxResultBytes,
    max_threads: 2,
  }
  const server = createHttpInterface({
    store: {
      pool,
      spool,
      claim: openClaim(join(folder, 'claim')),
      onStep: around.onStep,
      readerCaps,
      maxInsertBytes,
      inserts: openLane({ width: spooledInserts, maxWaiting: poolBounds.maxWaitingWrites }),
    },
    accounts,
    version,
    maxSqlBytes,
    now: around.now,
    newQueryId: around.newQueryId,
    onFatal: around.onFatal,
  })
  const port = await listen(server.listener, options.port)
  return {
    port,
    version,
    drain: async () => {
      server.listener.close()
      await server.idle()
      server.listener.closeAllConnections()
    },
    close: () => {
      spool.close()
      pool.close()
      engine.close()
    },
    abandon: () => spool.close(),
  }
}

function makeFolders(directory: string): string {
  const folder = join(directory, 'store')
  for (const name of ['configuration', 'engine', 'spool']) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  }
  const real = realpathSync(folder)
  // The engine reads these as patterns wherever it reads a path.
  if (/[*?{}]/.test(real)) {
    throw new StartError('ERR_STORE_DIRECTORY', `the data directory "${directory}" must not hold "*", "?", "{" or "}"`)
  }
  return real
}

type Engine = Awaited<ReturnType<typeof openEngine>>

async function engineVersion(engine: Engine): Promise<string> {
  const connection = engine.connect()
  try {
    const result = await connection.run('SELECT version()', 'TSV')
    return Buffer.from(result.bytes()).toString('utf8').trim()
  } finally {
    connection.close()
  }
}

function listen(listener: import('node:http').Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
      reject(
        taken
          ? new StartError(
              'ERR_STORE_PORT_TAKEN',
              `port ${port} of 127.0.0.1 is not free for the store (${cause.code}): ` +
                'name another with "--store-port", or 0 for any free one',
              { cause },
            )
          : cause,
      )
    })
    listener.listen(port, '127.0.0.1', () => {
      // A TCP listener's address is an object; the string form belongs to pipes.
      resolve((listener.address() as AddressInfo).port)
    })
  })
}
