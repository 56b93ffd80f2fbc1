// How tables stand on a cluster: a replicated local one on every server, and a distributed one that reads all shards.

export interface StoreCluster {
  /** As the servers' `remote_servers` say. */
  readonly name: string
  readonly database: string
}

/**
 * The same for a server that joins later: a path with `{uuid}` would make a table of its own there. Macros are those of
 * each server, `{database}` and `{table}` the engine's.
 */
const keeperPath = '/clickhouse/tables/{shard}/{database}/{table}'
/** One for all servers: each is a replica of the same table, whatever its shard. */
const sharedKeeperPath = '/clickhouse/tables/all/{database}/{table}'

/** The table that holds a server's own rows; its plain name reads those of every shard. */
export function localName(table: string, cluster: StoreCluster | undefined): string {
  return cluster === undefined ? table : `${table}_local`
}

/** Goes behind the name of what a statement makes or changes. */
export function onCluster(cluster: StoreCluster | undefined): string {
  return cluster === undefined ? '' : ` ON CLUSTER '${cluster.name}'`
}

/** @param engine as one server has it, with its arguments in parentheses or none */
export function localEngine(engine: string, cluster: StoreCluster | undefined): string {
  return cluster === undefined ? engine : replicated(engine, keeperPath, '{replica}')
}

/** Engine of a small table of which every server holds all rows. */
export function sharedEngine(engine: string, cluster: StoreCluster | undefined): string {
  return cluster === undefined ? engine : replicated(engine, sharedKeeperPath, '{shard}-{replica}')
}

/** Without a key to spread rows by: the engine refuses inserts through it as soon as there are two shards. */
export function distributedEngine(table: string, cluster: StoreCluster): string {
  return `Distributed('${cluster.name}', '${cluster.database}', '${localName(table, cluster)}')`
}

function replicated(engine: string, path: string, replica: string): string {
  const [name, inner = ''] = engine.replace(/\)$/, '').split('(')
  return `Replicated${name}(${[`'${path}'`, `'${replica}'`, inner].filter((part) => part !== '').join(', ')})`
}
