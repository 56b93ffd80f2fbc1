// Opens sessions of the engine, ends a query that runs on one, and knows when a closed one is really gone.

import type { Engine, EngineConnection, EngineResult } from './engine.ts'

export interface EngineSession {
  /** How the session is found among the running queries, to end its query. */
  readonly label: string
  readonly run: Run
  /** Selects the database unless it is selected already. */
  readonly use: (database: string) => Promise<void>
}

export type Run = (sql: string, format: string) => Promise<EngineResult>

export interface EngineSessions {
  /** @param settings `name = value, …`, each list applied in order; the session is closed again if one is refused */
  readonly open: (kind: string, settings: readonly string[]) => Promise<EngineSession>
  readonly retire: (session: EngineSession) => void
  /** Ends the query that runs on the session, if one does; resolves when no end of a query is under way any more. */
  readonly endQuery: (session: EngineSession, settled: () => boolean) => Promise<void>
  /** Closed sessions that the engine keeps until queries of others have ended. */
  readonly lingering: () => number
  readonly close: () => void
}

/** A query that was just sent may not be among the running ones yet. */
const maxEndAttempts = 100

export function openEngineSessions(engine: Engine): EngineSessions {
  const running = new Set<Promise<void>>()
  const connections = new Map<EngineSession, EngineConnection>()
  let opened = 0
  let lingering = 0

  const runOn = (connection: EngineConnection, sql: string, format: string): Promise<EngineResult> => {
    const result = connection.run(sql, format)
    const settled = result.then(
      () => undefined,
      () => undefined,
    )
    running.add(settled)
    void settled.then(() => running.delete(settled))
    return result
  }

  const retire = (session: EngineSession): void => {
    const connection = connections.get(session)
    if (connection === undefined) return
    connections.delete(session)
    const others = [...running]
    connection.close()
    if (others.length === 0) return
    lingering++
    void Promise.all(others).then(() => {
      lingering--
    })
  }

  const open = async (kind: string, settings: readonly string[]): Promise<EngineSession> => {
    const connection = engine.connect()
    const label = `${kind}-${++opened}`
    let selected = 'default'
    const session: EngineSession = {
      label,
      run: (sql, format) => runOn(connection, sql, format),
      use: async (database) => {
        if (database === selected) return
        await runOn(connection, `USE \`${database}\``, 'TSV')
        selected = database
      },
    }
    connections.set(session, connection)
    try {
      for (const list of [`log_comment = '${label}'`, ...settings]) await runOn(connection, `SET ${list}`, 'TSV')
      return session
    } catch (cause) {
      retire(session)
      throw cause
    }
  }

  const control = engine.connect()
  const endQuery = async (session: EngineSession, settled: () => boolean): Promise<void> => {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = '${session.label}' ASYNC`
    for (let attempt = 0; attempt < maxEndAttempts && !settled(); attempt++) {
      const result = await runOn(control, sql, 'TSV')
      if (result.bytes().length > 0) return
    }
  }

  return {
    open,
    retire,
    endQuery,
    lingering: () => lingering,
    close: () => {
      for (const connection of connections.values()) connection.close()
      control.close()
    },
  }
}
