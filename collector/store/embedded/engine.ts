// Loads the ClickHouse engine of the optional package chdb and opens connections on the store's directory.

/** What one query gave; the bytes are empty where the result went to a file. */
export interface EngineResult {
  readonly rowsRead: number
  readonly bytesRead: number
  readonly bytes: () => Uint8Array
}

/** One connection; it runs one query at a time. */
export interface EngineConnection {
  readonly run: (sql: string, format: string) => Promise<EngineResult>
  /** Call only while no connection of the engine runs a query, or the engine closes it later by itself. */
  readonly close: () => void
}

export interface Engine {
  /** Blocks for about a millisecond. */
  readonly connect: () => EngineConnection
  /** Gives the directory free once its connections are closed too. */
  readonly close: () => void
}

export type EngineFault = 'ERR_STORE_ENGINE_MISSING' | 'ERR_STORE_ENGINE_FAILED'

export class EngineError extends Error {
  readonly code: EngineFault

  constructor(code: EngineFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EngineError'
    this.code = code
  }
}

interface Session {
  queryAsync(sql: string, options: { format: string }): Promise<EngineResult>
  close(): void
}

type SessionClass = new (path: string, options: { connectionArgs: readonly string[] }) => Session

/**
 * Opens the engine on a directory; one process at a time can.
 * @param directory the engine's own directory, absolute
 * @throws EngineError when the package is not installed, or the directory is locked or damaged (the engine then prints
 *   its reason to standard error)
 */
export async function openEngine(directory: string, connectionArgs: readonly string[]): Promise<Engine> {
  const SessionOf = await loadSessionClass()
  const open = (): Session => {
    try {
      return new SessionOf(directory, { connectionArgs })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError('ERR_STORE_ENGINE_FAILED', `store engine cannot open "${directory}": ${reason}`, { cause })
    }
  }
  // The engine goes when its last connection does; this one holds it.
  const keeper = open()
  await keeper.queryAsync('SELECT 1', { format: 'TSV' })
  return {
    close: () => keeper.close(),
    connect: () => {
      const session = open()
      return {
        run: async (sql, format) => {
          const result = await session.queryAsync(sql, { format })
          return { rowsRead: result.rowsRead, bytesRead: result.bytesRead, bytes: () => result.bytes() }
        },
        close: () => session.close(),
      }
    },
  }
}

async function loadSessionClass(): Promise<SessionClass> {
  // A name in a variable: the package is optional, and the build must not need it.
  const name: string = 'chdb'
  let loaded: unknown
  try {
    loaded = await import(name)
  } catch (cause) {
    throw new EngineError(
      'ERR_STORE_ENGINE_MISSING',
      'the embedded store needs the optional package "chdb", which could not be loaded: ' +
        'run "npm install --include=optional" on Linux or macOS, or set "store.url" to a ClickHouse server',
      { cause },
    )
  }
  const session = typeof loaded === 'object' && loaded !== null && 'Session' in loaded ? loaded.Session : undefined
  if (typeof session !== 'function') {
    throw new EngineError('ERR_STORE_ENGINE_MISSING', 'the package "chdb" has no Session: install version 3.4')
  }
  // A class by the check above; its shape is that of chdb's index.d.ts.
  return session as SessionClass
}
