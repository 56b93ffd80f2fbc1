// The embedded store with an engine that knows a cluster of one shard, itself, and whose users may do what a test says.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmptyStore, type TestStore } from '../store.ts'

export const testCluster = { name: 'eastwest', database: 'default' } as const

export interface ClusterEngineOptions {
  readonly macros?: Readonly<Record<string, string>>
  /** Port of a ZooKeeper on loopback. */
  readonly keeperPort?: number
  /** What its user may do, each as it stands before `TO`; left out: everything. */
  readonly grants?: readonly string[]
  /** Other users, as elements of its configuration. */
  readonly users?: string
  /** Folder of one that ran before. */
  readonly folder?: string
}

/** Nobody listens on it: the engine takes a replica at its own port for itself. */
const ownPort = 9

export function openClusterEngine({
  macros = { shard: '01', replica: 'a' },
  keeperPort,
  grants = ['ALL ON *.*'],
  users = '',
  folder = mkdtempSync(join(tmpdir(), 'eastwest-store-')),
}: ClusterEngineOptions = {}): Promise<TestStore> {
  const beside = join(folder, 'store', 'configuration', 'conf.d')
  mkdirSync(beside, { recursive: true })
  const keeper = keeperPort === undefined ? '' : `<node><host>127.0.0.1</host><port>${keeperPort}</port></node>`
  // The engine merges it into both of its files: that of the server, and that of its users.
  writeFileSync(
    join(beside, 'cluster.xml'),
    `<clickhouse><tcp_port>${ownPort}</tcp_port>
<remote_servers><${testCluster.name}><shard><replica><host>127.0.0.1</host><port>${ownPort}</port></replica></shard></${testCluster.name}></remote_servers>
<macros>${Object.entries(macros)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')}</macros>${keeper && `<zookeeper>${keeper}</zookeeper>`}
<users><default><grants replace="replace">${grantElements(grants)}</grants></default>${users}</users></clickhouse>`,
  )
  return openEmptyStore(folder)
}

export function grantElements(grants: readonly string[]): string {
  return grants.map((grant) => `<query>GRANT ${grant}</query>`).join('')
}
