// Writes the engine's configuration: small caches, small pools, durable parts, and a user who may touch no file and no network.

import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface EngineLimits {
  /** Memory the engine may take before it refuses queries. Unit: bytes. */
  readonly maxMemoryBytes: number
  /** Free disk below which inserts are refused (code 243). Unit: bytes. */
  readonly minFreeDiskBytes: number
}

// Without grants on sources and files, `file()`, `url()`, `s3()`, tables of engine File or URL, backups and dictionaries
// are refused by the engine itself. What grants do not reach is refused in `query-guard.ts`.
const grants = [
  'GRANT SHOW, SELECT, INSERT, ALTER TABLE, ALTER VIEW, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, ' +
    'DROP TABLE, DROP VIEW, UNDROP TABLE, TRUNCATE, OPTIMIZE, CHECK, KILL QUERY, SYSTEM MERGES, SYSTEM TTL MERGES, ' +
    'SYSTEM MOVES, SYSTEM VIEWS, SYSTEM FLUSH, SYSTEM SYNC REPLICA, SYSTEM DROP CACHE ON *.*',
  ...[
    'MergeTree',
    'ReplacingMergeTree',
    'SummingMergeTree',
    'AggregatingMergeTree',
    'CollapsingMergeTree',
    'VersionedCollapsingMergeTree',
    'Memory',
    'Null',
    'Atomic',
  ].map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
]

const mebibyte = 1024 * 1024

/** Caches default to gigabytes; this is one process beside another on one machine. */
const serverSettings = {
  mark_cache_size: 64 * mebibyte,
  index_mark_cache_size: 16 * mebibyte,
  primary_index_cache_size: 64 * mebibyte,
  uncompressed_cache_size: 0,
  index_uncompressed_cache_size: 0,
  query_condition_cache_size: 16 * mebibyte,
  compiled_expression_cache_size: 16 * mebibyte,
  vector_similarity_index_cache_size: mebibyte,
  text_index_tokens_cache_size: mebibyte,
  text_index_header_cache_size: mebibyte,
  text_index_postings_cache_size: mebibyte,
  parquet_metadata_cache_size: mebibyte,
  iceberg_metadata_files_cache_size: mebibyte,
  background_pool_size: 2,
  background_schedule_pool_size: 2,
}

/**
 * A part is on disk, directory entry included, before its insert is answered. Merging costs more than inserting, and queries
 * hardly notice fifteen parts instead of ten. Parts of a gibibyte or less stay one file each, which halves what inserting and
 * merging them costs, and are merged all columns at once; larger ones column by column, which takes less memory. Statistics
 * of every column, which merges make unless told otherwise, are a sixth of their work; no query gets faster by them.
 */
const mergeTreeSettings = {
  fsync_after_insert: 1,
  fsync_part_directory: 1,
  min_bytes_for_wide_part: 1024 * mebibyte,
  vertical_merge_algorithm_min_rows_to_activate: 6_000_000,
  max_compress_block_size: 256 * 1024,
  merge_selector_base: 15,
  auto_statistics_types: '',
}

function profileSettings(limits: EngineLimits): Readonly<Record<string, number>> {
  return {
    async_insert: 0,
    max_threads: 2,
    max_insert_threads: 1,
    max_query_size: 8 * mebibyte,
    min_free_disk_bytes_to_perform_insert: limits.minFreeDiskBytes,
  }
}

/**
 * Writes the configuration into a folder of the store.
 * @param folder absolute; exists
 * @returns what the engine is opened with
 */
export function writeEngineConfiguration(folder: string, limits: EngineLimits): readonly string[] {
  const usersPath = join(folder, 'users.xml')
  const serverPath = join(folder, 'server.xml')
  put(
    usersPath,
    `<clickhouse>
<profiles><default>${elements(profileSettings(limits))}</default></profiles>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<grants>${grants.map((grant) => `<query>${grant}</query>`).join('\n')}</grants></default></users>
<quotas><default></default></quotas>
</clickhouse>
`,
  )
  put(
    serverPath,
    `<clickhouse>
<users_config>${escaped(usersPath)}</users_config>
<max_server_memory_usage>${limits.maxMemoryBytes}</max_server_memory_usage>
${elements(serverSettings)}
<merge_tree>${elements(mergeTreeSettings)}</merge_tree>
</clickhouse>
`,
  )
  return [
    `--config-file=${serverPath}`,
    // What `clickhouse local` turns on for people at a terminal, and a service must not have.
    '--implicit_select=0',
    '--allow_introspection_functions=0',
    '--storage_file_read_method=pread',
  ]
}

function elements(values: Readonly<Record<string, number | string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
