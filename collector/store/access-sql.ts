// Writes the SQL that the operator of a server or a cluster runs: users, grants, quotas, and what each tenant may see.

import { tables, views } from '../../schemas/tables.ts'
import { localName, onCluster, type StoreCluster } from './cluster-layout.ts'

/** What operators name `store.database` and `store.username`. */
const database = 'eastwest'
const writer = 'eastwest'

const profile = [
  'readonly = 1',
  // Grafana's data source sends it with every query, five seconds more than its own query timeout (60 s unless said otherwise),
  // and is refused where it may not.
  'max_execution_time = 30 MIN 1 MAX 65 CHANGEABLE_IN_READONLY',
  // Its row limit, where that is switched on.
  'limit = 0 CHANGEABLE_IN_READONLY',
  `max_memory_usage = ${2 * 1024 ** 3}`,
  'max_result_rows = 100000',
  "result_overflow_mode = 'throw'",
]

/** The privileges of the collector, as they stand before `TO`. */
export function writerGrants(cluster?: StoreCluster): readonly string[] {
  return [
    'SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, ALTER ADD COLUMN, ALTER ADD INDEX ' +
      `ON ${quote(database)}.*`,
    'SELECT ON system.settings',
    ...(cluster === undefined
      ? ['TABLE ENGINE ON MergeTree', 'TABLE ENGINE ON ReplacingMergeTree']
      : [
          'SELECT ON system.clusters',
          'SELECT ON system.macros',
          'CLUSTER ON *.*',
          `SYSTEM SYNC REPLICA ON ${quote(database)}.*`,
          'TABLE ENGINE ON ReplicatedMergeTree',
          'TABLE ENGINE ON ReplicatedReplacingMergeTree',
          'TABLE ENGINE ON Distributed',
        ]),
  ]
}

/** What comes before the collector's first start. `{writer_password:String}` is bound by whoever runs it. */
export function writerSql(cluster?: StoreCluster): readonly string[] {
  const everywhere = onCluster(cluster)
  return [
    `CREATE DATABASE IF NOT EXISTS ${quote(database)}${everywhere}`,
    `CREATE USER IF NOT EXISTS ${quote(writer)}${everywhere} IDENTIFIED WITH sha256_password BY {writer_password:String} ` +
      `DEFAULT DATABASE ${quote(database)}`,
    ...writerGrants(cluster).map((grant) => `GRANT${everywhere} ${grant} TO ${quote(writer)}`),
    // Else the policies of tenants could hide every row from the collector, which would then store all of them again.
    ...everyTable(cluster).map(
      (table) =>
        `CREATE ROW POLICY OR REPLACE ${quote('eastwest_all')}${everywhere} ON ${table} AS PERMISSIVE FOR SELECT USING 1 TO ALL`,
    ),
  ]
}

/** The users of a tenant: one that Grafana signs in with, and one that its views read as and nobody signs in with. */
export function tenantUsers(tenant: string): { readonly grafana: string; readonly views: string } {
  return { grafana: `grafana_${tenant}`, views: `eastwest_${tenant}` }
}

/** The privileges of a tenant's users, as they stand before `TO`. */
export function tenantGrants(
  tenant: string,
  cluster?: StoreCluster,
): { readonly grafana: readonly string[]; readonly views: readonly string[] } {
  const ownViews = `SELECT ON ${quote(tenantUsers(tenant).views)}.*`
  // A shard asks what the user may do who asked first: its policies are that user's, too.
  const onShards = tables.map(({ name }) => `SELECT ON ${quote(database)}.${quote(localName(name, cluster))}`)
  return {
    views: [`SELECT ON ${quote(database)}.*`],
    grafana: cluster === undefined ? [ownViews] : [ownViews, ...onShards],
  }
}

/** The views of a tenant, over tables and views that are there. */
export function tenantViews(tenant: string, cluster?: StoreCluster): readonly string[] {
  const owner = quote(tenantUsers(tenant).views)
  const shown = [...views, ...tables.filter(({ name }) => !name.endsWith('_rows'))]
  return [
    `CREATE DATABASE IF NOT EXISTS ${owner}${onCluster(cluster)}`,
    ...shown.map(
      ({ name }) =>
        `CREATE OR REPLACE VIEW ${owner}.${quote(name)}${onCluster(cluster)} DEFINER = ${owner} SQL SECURITY DEFINER ` +
        `AS SELECT * FROM ${quote(database)}.${quote(name)}${replaces(name) ? ' FINAL' : ''} WHERE tenant = '${tenant}'`,
    ),
  ]
}

/** What gives a tenant its Grafana. `{grafana_password:String}` is bound by whoever runs it. */
export function tenantSql(tenant: string, cluster?: StoreCluster): readonly string[] {
  const everywhere = onCluster(cluster)
  const users = tenantUsers(tenant)
  const grants = tenantGrants(tenant, cluster)
  const both = `${quote(users.views)}, ${quote(users.grafana)}`
  return [
    `CREATE SETTINGS PROFILE OR REPLACE ${quote('eastwest_grafana')}${everywhere} SETTINGS ${profile.join(', ')}`,
    `CREATE USER IF NOT EXISTS ${quote(users.views)}${everywhere} IDENTIFIED WITH no_password HOST NONE`,
    `CREATE USER IF NOT EXISTS ${quote(users.grafana)}${everywhere} IDENTIFIED WITH sha256_password ` +
      `BY {grafana_password:String} DEFAULT DATABASE ${quote(users.views)} SETTINGS PROFILE ${quote('eastwest_grafana')}`,
    ...everyTable(cluster).map(
      (table) =>
        `CREATE ROW POLICY OR REPLACE ${quote(users.views)}${everywhere} ON ${table} AS RESTRICTIVE FOR SELECT ` +
        `USING tenant = '${tenant}' TO ${both}`,
    ),
    ...grants.views.map((grant) => `GRANT${everywhere} ${grant} TO ${quote(users.views)}`),
    ...tenantViews(tenant, cluster),
    ...grants.grafana.map((grant) => `GRANT${everywhere} ${grant} TO ${quote(users.grafana)}`),
    `CREATE QUOTA OR REPLACE ${quote(users.grafana)}${everywhere} FOR INTERVAL 1 hour ` +
      `MAX queries = 5000, execution_time = 1800 TO ${quote(users.grafana)}`,
  ]
}

/** Where rows lie, and where they are read. */
function everyTable(cluster: StoreCluster | undefined): readonly string[] {
  const names = tables.map(({ name }) => name)
  const all = cluster === undefined ? names : [...names.map((name) => localName(name, cluster)), ...names]
  return all.map((name) => `${quote(database)}.${quote(name)}`)
}

/** Whether rows of the table replace each other, and are to be shown as they stand. */
function replaces(name: string): boolean {
  return tables.some((table) => table.name === name && table.engine.startsWith('Replacing'))
}

function quote(name: string): string {
  return `\`${name}\``
}
