// Says which settings a request may bring: those of HTTP, which mean nothing here, and for readers a short list.

import { refusal } from './exception.ts'

/** Parts of the HTTP interface rather than of the query: taken and without effect, or done another way. */
const httpSettings = new Set([
  'add_http_cors_header',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'close_session',
  'enable_http_compression',
  'http_headers_progress_interval_ms',
  'http_make_head_request',
  'http_receive_timeout',
  'http_send_timeout',
  'http_wait_end_of_query',
  'http_write_exception_in_output_format',
  'http_zlib_compression_level',
  'log_comment',
  'log_queries',
  'max_http_get_redirects',
  'quota_key',
  'readonly',
  'send_progress_in_http_headers',
  'stacktrace',
  'wait_end_of_query',
])

/**
 * How results look and how much a query may take. Nothing that reads SQL, schemas or files out of a value:
 * `output_format_schema` writes a file, `format_template_…` and `format_schema` read one.
 */
const readerMay = new RegExp(
  `^(${[
    'output_format_(json|csv|tsv|pretty|decimal|native|arrow|parquet|binary|values|markdown)_[a-z0-9_]+',
    'output_format_(write_statistics|parallel_formatting)',
    'date_time_output_format',
    'format_(csv|tsv)_[a-z_]*(delimiter|representation)',
    'join_use_nulls|session_timezone|max_rows_to_read|max_bytes_to_read|max_rows_to_group_by|max_result_rows',
    'max_block_size|extremes|limit|offset|final|prefer_column_name_to_alias',
  ].join('|')})$`,
)

/** Settings a reader may lower below what the store allows, not raise; the engine's unit each. */
export type ReaderCaps = Readonly<Record<string, number>>

/**
 * Sorts out the settings of a request.
 * @throws ClickHouseException 115 for what is no name, 164 for what a reader may not set
 */
export function admittedSettings(
  given: ReadonlyMap<string, string>,
  trusted: boolean,
  caps: ReaderCaps,
): ReadonlyMap<string, string> {
  const admitted = new Map<string, string>()
  for (const [name, value] of given) {
    if (httpSettings.has(name)) continue
    if (!/^[a-z][a-z0-9_]{0,99}$/.test(name))
      throw refusal(
        'UNKNOWN_SETTING',
        `Setting ${printable(name)} is neither a builtin setting nor started with the prefix`,
      )
    const cap = caps[name]
    if (trusted) admitted.set(name, value)
    else if (cap !== undefined) admitted.set(name, lowered(value, cap))
    else if (readerMay.test(name)) admitted.set(name, value)
    else throw refusal('READONLY', `Cannot modify '${name}' setting in readonly mode`)
  }
  return admitted
}

/** 0 means no limit to the engine, and so the store's. */
function lowered(value: string, cap: number): string {
  const number = Number(value)
  return number > 0 && number < cap ? value : String(cap)
}

function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100)
}
