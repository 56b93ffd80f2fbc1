// Reads what a request asks beside its SQL: parameters, settings, database, formats, encoding of the reply.

import type { IncomingHttpHeaders } from 'node:http'
import { refusal } from './exception.ts'

export interface QueryRequest {
  /** Of the `query` parameter; the body follows it. */
  readonly query: string | undefined
  readonly parameters: ReadonlyMap<string, string>
  /** As given; which may be set is decided elsewhere. */
  readonly settings: ReadonlyMap<string, string>
  readonly database: string
  /** For a query without a FORMAT clause. */
  readonly defaultFormat: string
  readonly queryId: string | undefined
  /** The reply may be gzip. */
  readonly gzip: boolean
  /** Revision of the protocol that `Native` results are framed for; 0 as the engine writes them. */
  readonly nativeRevision: number
}

const credentials = new Set(['user', 'password'])
const maxParameters = 1000

/** @throws ClickHouseException for what this interface cannot do, with the reason */
export function readQueryRequest(headers: IncomingHttpHeaders, url: URLSearchParams): QueryRequest {
  const parameters = new Map<string, string>()
  const settings = new Map<string, string>()
  for (const [name, value] of url) {
    if (name.startsWith('param_')) addParameter(parameters, name, value)
    else if (!credentials.has(name) && !own.has(name)) settings.set(name, value)
  }
  refuseUnknownWays(url)
  const format = url.get('default_format') ?? one(headers['x-clickhouse-format']) ?? 'TabSeparated'
  if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(format)) throw refusal('UNKNOWN_FORMAT', 'Unknown format')
  return {
    query: url.get('query') ?? undefined,
    parameters,
    settings,
    database: databaseOf(url.get('database') ?? one(headers['x-clickhouse-database']) ?? 'default'),
    defaultFormat: format,
    queryId: queryIdOf(url.get('query_id')),
    nativeRevision: revisionOf(url.get('client_protocol_version')),
    gzip: url.get('enable_http_compression') === '1' && acceptsGzip(one(headers['accept-encoding']) ?? ''),
  }
}

/** Parameters of a form body join those of the URL. */
export function addParameter(parameters: Map<string, string>, name: string, value: string): void {
  const place = name.slice('param_'.length)
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(place)) {
    throw refusal('BAD_ARGUMENTS', 'the name of a query parameter must be letters, digits and underscores')
  }
  if (parameters.size >= maxParameters) throw refusal('BAD_ARGUMENTS', `more than ${maxParameters} query parameters`)
  parameters.set(place, value)
}

const own = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'client_protocol_version',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'compress',
  'decompress',
])

function refuseUnknownWays(url: URLSearchParams): void {
  if (url.has('session_id')) {
    throw refusal('NOT_IMPLEMENTED', '"session_id" is not available in the embedded store: every request stands alone')
  }
  if (url.has('role')) throw refusal('NOT_IMPLEMENTED', '"role" is not available in the embedded store')
  for (const name of ['compress', 'decompress']) {
    if (url.get(name) === '1') {
      throw refusal('NOT_IMPLEMENTED', `"${name}" is not available in the embedded store: use HTTP compression, gzip`)
    }
  }
}

function databaseOf(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) return name
  throw refusal('UNKNOWN_DATABASE', 'Database name must be letters, digits and underscores')
}

function revisionOf(version: string | null): number {
  if (version === null || version === '') return 0
  if (!/^[0-9]{1,9}$/.test(version)) throw refusal('BAD_ARGUMENTS', 'client_protocol_version must be a number')
  return Number(version)
}

function queryIdOf(id: string | null): string | undefined {
  if (id === null || id === '') return undefined
  // It comes back in a header.
  if (!/^[\x21-\x7e]{1,128}$/.test(id))
    throw refusal('BAD_ARGUMENTS', 'query_id must be at most 128 visible characters')
  return id
}

function acceptsGzip(header: string): boolean {
  return header.split(',').some((part) => /^\s*(gzip|\*)\s*(;\s*q=(1|0?\.\d*[1-9]\d*))?\s*$/i.test(part))
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
