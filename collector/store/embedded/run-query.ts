// Runs one request: a read into a file of the spool, an insert out of one, anything else as it stands.

import type { Role } from './authentication.ts'
import type { BoundedLane } from './bounded-lane.ts'
import type { Claim } from './claim.ts'
import { asException, ClickHouseException, refusal } from './exception.ts'
import type { InsertStatement } from './insert-statement.ts'
import { checkRevision } from './native-frames.ts'
import { assignments, refuseFileFunctions, requireParameters } from './query-guard.ts'
import type { QueryRequest } from './query-request.ts'
import { admittedSettings, type ReaderCaps } from './reader-settings.ts'
import type { SessionPool, Work } from './session-pool.ts'
import type { Spool, SpooledFile } from './spool.ts'
import { engineText, type Source } from './sql-source.ts'
import type { ReadStatement, WriteStatement } from './statement.ts'
import { refuseSystemTables } from './system-tables.ts'

/** Moments at which a crash harness may end the process. */
export type StoreStep = 'store:before-insert' | 'store:after-insert' | 'store:before-ack'

export interface Store {
  readonly pool: SessionPool
  readonly spool: Spool
  readonly claim: Claim
  readonly onStep: (step: StoreStep) => void
  readonly readerCaps: ReaderCaps
  readonly maxInsertBytes: number
  /** Inserts that are in it are spooled: one runs, the others wait for it. */
  readonly inserts: BoundedLane
}

export interface Asked {
  readonly role: Role
  readonly request: QueryRequest
  readonly source: Source
  /** GET changes nothing, as on a server. */
  readonly mayChange: boolean
  readonly epoch: number | undefined
  readonly signal: AbortSignal
}

export interface Outcome {
  readonly format: string
  readonly result: SpooledFile | Uint8Array
  /** True where the result is gzip already. */
  readonly gzip: boolean
  /** Revision to frame the result for; 0 where it is sent as it is. */
  readonly nativeRevision: number
  readonly readRows: number
  readonly readBytes: number
  readonly writtenRows: number
  readonly writtenBytes: number
}

const nothing = { gzip: false, nativeRevision: 0, readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0 }

export async function runQuery(store: Store, asked: Asked): Promise<Outcome> {
  const { statement } = asked.source
  if (statement.kind === 'read') return read(store, asked, statement)
  if (asked.role !== 'writer') throw refusal('READONLY', 'reader: Cannot execute query in readonly mode')
  if (!asked.mayChange) {
    throw refusal(
      'READONLY',
      'Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries',
    )
  }
  if (statement.kind === 'insert') {
    return store.inserts.run(() => insert(store, asked, statement), asked.signal)
  }
  return change(store, asked, statement)
}

async function read(store: Store, asked: Asked, statement: ReadStatement): Promise<Outcome> {
  const { request, role } = asked
  requireParameters(statement.places, request.parameters)
  if (role === 'reader') {
    refuseFileFunctions(statement, request.parameters)
    refuseSystemTables(statement, request)
  }
  const settings = admittedSettings(request.settings, role === 'writer', store.readerCaps)
  const format = statement.format ?? request.defaultFormat
  const query = engineText(statement.query)
  const ending = `FORMAT ${format}${engineText(statement.tail)}`
  const nativeRevision = revisionFor(format, request)
  const file = store.spool.reserve()
  // What is framed must be read first, and is sent plain.
  const gzip = request.gzip && nativeRevision === 0
  const compression = gzip ? "'gzip' LEVEL 1" : "'none'"
  try {
    return await store.pool.read(workOf(asked, settings), async (run) => {
      try {
        const { rowsRead, bytesRead } = await run(
          `${query}\nINTO OUTFILE '${file.path}' COMPRESSION ${compression} ${ending}`,
          format,
        )
        return { ...nothing, format, result: file, gzip, nativeRevision, readRows: rowsRead, readBytes: bytesRead }
      } catch (cause) {
        // What is no SQL is told in the engine's words about the text that was sent.
        if (asException(cause).code !== 62) throw cause
        const sent = statement.format === undefined ? query : `${query}${ending}`
        const { rowsRead, bytesRead, bytes } = await run(sent, format)
        return { ...nothing, format, result: bytes(), nativeRevision, readRows: rowsRead, readBytes: bytesRead }
      }
    })
  } catch (cause) {
    await file.drop()
    throw told(cause)
  }
}

async function insert(store: Store, asked: Asked, statement: InsertStatement): Promise<Outcome> {
  const { request, source } = asked
  // Asked again when its turn has come; asked now, a stale owner need not send its rows.
  store.claim.check(asked.epoch)
  const settings = admittedSettings(request.settings, true, {})
  const list = [engineText(statement.settings), assignments(settings)].filter((part) => part !== '').join(', ')
  const file = await store.spool.take(source.data, store.maxInsertBytes)
  const sql =
    `${engineText(statement.target)} FROM INFILE '${file.path}' COMPRESSION 'none' ` +
    `${list === '' ? '' : `SETTINGS ${list} `}FORMAT ${statement.format}`
  try {
    return await store.pool.write({ ...workOf(asked, new Map()), parameters: new Map() }, async (run) => {
      store.claim.admit(asked.epoch)
      store.onStep('store:before-insert')
      const { rowsRead, bytesRead } = await run(sql, 'TabSeparated')
      store.onStep('store:after-insert')
      return {
        ...nothing,
        format: 'TabSeparated',
        result: new Uint8Array(),
        writtenRows: rowsRead,
        writtenBytes: bytesRead,
      }
    })
  } catch (cause) {
    throw told(cause)
  } finally {
    await file.drop()
  }
}

async function change(store: Store, asked: Asked, statement: WriteStatement): Promise<Outcome> {
  const { request } = asked
  requireParameters(statement.places, request.parameters)
  const settings = admittedSettings(request.settings, true, {})
  const format = statement.format ?? request.defaultFormat
  const nativeRevision = revisionFor(format, request)
  try {
    return await store.pool.write(workOf(asked, settings), async (run) => {
      // Only inserts must carry the claim; what carries an old one is refused whatever it is.
      if (asked.epoch !== undefined || statement.insert) store.claim.admit(asked.epoch)
      const { rowsRead, bytesRead, bytes } = await run(engineText(statement.sql), format)
      return { ...nothing, format, result: bytes(), nativeRevision, readRows: rowsRead, readBytes: bytesRead }
    })
  } catch (cause) {
    throw told(cause)
  }
}

/** @throws ClickHouseException 48 */
function revisionFor(format: string, { nativeRevision }: QueryRequest): number {
  if (format.toLowerCase() !== 'native') return 0
  checkRevision(nativeRevision)
  return nativeRevision
}

function workOf(asked: Asked, settings: ReadonlyMap<string, string>): Work {
  const { database, parameters } = asked.request
  return { database, parameters, settings, signal: asked.signal }
}

/** The engine read a file; whoever asked sent a body. */
function told(cause: unknown): ClickHouseException {
  const { code, detail } = asException(cause)
  const text = detail
    .replace(/: \(in file\/uri [^)]*\)/g, '')
    .replaceAll('data for INSERT was parsed from file', 'data for INSERT was parsed from the body')
  return new ClickHouseException(code, text, { cause })
}
