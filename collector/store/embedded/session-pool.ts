// Lends engine sessions: two for reading, which can change nothing, and one for writing, so that neither waits for the other.

import { openLane } from './bounded-lane.ts'
import type { Engine } from './engine.ts'
import { type EngineSession, openEngineSessions, type Run } from './engine-sessions.ts'
import { refusal } from './exception.ts'
import { assignments, parameterAssignments } from './query-guard.ts'

export interface PoolBounds {
  /** Reads at once. */
  readonly readers: number
  readonly maxWaitingReads: number
  readonly maxWaitingWrites: number
  /** Longest time a read may run. Unit: ms. */
  readonly maxReadMs: number
  /** Memory one read may take. Unit: bytes. */
  readonly maxReadMemoryBytes: number
  /** Result of one read, as the engine counts it in memory. Unit: bytes. */
  readonly maxResultBytes: number
}

export interface Work {
  readonly database: string
  readonly parameters: ReadonlyMap<string, string>
  /** Settings of this request, checked; with any, the request gets a session of its own. */
  readonly settings: ReadonlyMap<string, string>
  /** The client has gone: gives up the place in the queue; ends a running read, but no running write. */
  readonly signal: AbortSignal
}

export interface SessionPool {
  readonly read: <Result>(work: Work, query: (run: Run) => Promise<Result>) => Promise<Result>
  readonly write: <Result>(work: Work, query: (run: Run) => Promise<Result>) => Promise<Result>
  /** Queries running or waiting. */
  readonly depth: () => number
  /** Call once nothing runs. */
  readonly close: () => void
}

const maxLingering = 64

/** @param deadline a signal that fires after so many ms */
export function openSessionPool(
  engine: Engine,
  bounds: PoolBounds,
  deadline: (ms: number) => AbortSignal,
): SessionPool {
  const sessions = openEngineSessions(engine)
  const reading = openLane({ width: bounds.readers, maxWaiting: bounds.maxWaitingReads })
  const writing = openLane({ width: 1, maxWaiting: bounds.maxWaitingWrites })
  const idleReaders: EngineSession[] = []
  const idleWriters: EngineSession[] = []

  const lend = async <Result>(
    idle: EngineSession[],
    work: Work,
    open: () => Promise<EngineSession>,
    query: (session: EngineSession) => Promise<Result>,
  ): Promise<Result> => {
    const own = work.settings.size > 0
    if (own && sessions.lingering() >= maxLingering) {
      throw refusal('TOO_MANY_SIMULTANEOUS_QUERIES', 'too many sessions wait for a long query to end')
    }
    const session = (own ? undefined : idle.pop()) ?? (await open())
    try {
      await session.use(work.database)
      if (work.parameters.size > 0) await session.run(`SET ${parameterAssignments(work.parameters)}`, 'TSV')
      return await query(session)
    } catch (cause) {
      // The engine keeps a query that failed, with its memory, until the session's next one.
      if (!own) await session.run('SELECT 1', 'Null').catch(() => undefined)
      throw cause
    } finally {
      if (own) sessions.retire(session)
      else idle.push(session)
    }
  }

  const endable = async <Result>(
    session: EngineSession,
    signal: AbortSignal,
    query: (run: Run) => Promise<Result>,
  ): Promise<Result> => {
    signal.throwIfAborted()
    let settled = false
    let ending: Promise<void> | undefined
    const end = (): void => {
      ending = sessions.endQuery(session, () => settled)
    }
    signal.addEventListener('abort', end, { once: true })
    try {
      return await query(session.run)
    } finally {
      settled = true
      signal.removeEventListener('abort', end)
      // An end still under way must not reach the next query of this session.
      await ending?.catch(() => undefined)
    }
  }

  return {
    read: (work, query) => {
      // The engine keeps the limit itself; this one is for what does not look at it.
      const signal = AbortSignal.any([work.signal, deadline(bounds.maxReadMs * 2)])
      const open = (): Promise<EngineSession> => sessions.open('reader', readerSettings(work, bounds))
      return reading.run(() => lend(idleReaders, work, open, (session) => endable(session, signal, query)), signal)
    },
    write: (work, query) => {
      const settings = work.settings.size === 0 ? [] : [assignments(work.settings)]
      const open = (): Promise<EngineSession> => sessions.open('writer', settings)
      return writing.run(() => lend(idleWriters, work, open, (session) => query(session.run)), work.signal)
    },
    depth: () => reading.depth() + writing.depth(),
    close: () => sessions.close(),
  }
}

function readerSettings(work: Work, bounds: PoolBounds): readonly string[] {
  const spill = Math.floor(bounds.maxReadMemoryBytes / 3)
  const limits = [
    `max_execution_time = ${bounds.maxReadMs / 1000}`,
    "timeout_overflow_mode = 'throw'",
    `max_memory_usage = ${bounds.maxReadMemoryBytes}`,
    `max_bytes_before_external_group_by = ${spill}`,
    `max_bytes_before_external_sort = ${spill}`,
    `max_result_bytes = ${bounds.maxResultBytes}`,
    "result_overflow_mode = 'throw'",
  ].join(', ')
  const own = work.settings.size === 0 ? [] : [assignments(work.settings)]
  // From then on the session can change neither data nor settings, that one included.
  return [limits, ...own, 'readonly = 1']
}
