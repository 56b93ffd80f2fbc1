// The embedded store with an engine that knows a cluster of one shard, itself, and whose user may do everything.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmptyStore, type TestStore } from '../store.ts'

export const testCluster = { name: 'eastwest', database: 'default' } as const

export interface ClusterEngineOptions {
  readonly macros?: Readonly<Record<string, string>>
  /** Port of a ZooKeeper on loopback. */
  readonly keeperPort?: number
}

/** Nobody listens on it: the engine takes a replica at its own port for itself. */
const ownPort = 9

export function openClusterEngine({
  macros = { shard: '01', replica: 'a' },
  keeperPort,
}: ClusterEngineOptions = {}): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-store-'))
  const beside = join(folder, 'store', 'configuration', 'conf.d')
  mkdirSync(beside, { recursive: true })
  const keeper =
    keeperPort === undefined
      ? ''
      : `<zookeeper><node><host>127.0.0.1</host><port>${keeperPort}</port></node></zookeeper>`
  // The engine merges it into both of its files: that of the server, and that of its users.
  writeFileSync(
    join(beside, 'cluster.xml'),
    `<clickhouse><tcp_port>${ownPort}</tcp_port>
<remote_servers><${testCluster.name}><shard><replica><host>127.0.0.1</host><port>${ownPort}</port></replica></shard></${testCluster.name}></remote_servers>
<macros>${Object.entries(macros)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')}</macros>${keeper}
<users><default><grants replace="replace"><query>GRANT ALL ON *.*</query></grants></default></users></clickhouse>`,
  )
  return openEmptyStore(folder)
}
