// A real ZooKeeper for replicated tables, in a folder that goes with it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { jarsOf } from '../maven-jars.ts'
import { until } from '../until.ts'

export interface ZooKeeper {
  readonly port: number
  stop(): Promise<void>
}

const version = '3.9.3'
const startMs = 30_000

/** Resolves once it takes connections; rejects with what to install where Java or Maven are missing. */
export async function startZooKeeper(): Promise<ZooKeeper> {
  const classPath = await jarsOf(
    `zookeeper-${version}`,
    [
      ['org.apache.zookeeper', 'zookeeper', version],
      // What it runs with and leaves to whoever packs it.
      ['org.xerial.snappy', 'snappy-java', '1.1.10.5'],
      ['io.dropwizard.metrics', 'metrics-core', '4.1.12.1'],
    ],
    'tests of replicated tables need a ZooKeeper',
  )
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-zookeeper-'))
  const settings = join(folder, 'zoo.cfg')
  writeFileSync(
    settings,
    `tickTime=500\ndataDir=${folder}/data\nclientPort=${port}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n`,
  )
  const output = join(folder, 'output')
  const server = spawn(
    'java',
    ['-Xmx128m', '-cp', classPath, 'org.apache.zookeeper.server.ZooKeeperServerMain', settings],
    { stdio: ['ignore', openSync(output, 'a'), openSync(output, 'a')] },
  )
  const end = (): boolean => server.kill('SIGKILL')
  process.once('exit', end)
  const stop = async (): Promise<void> => {
    process.off('exit', end)
    if (server.exitCode === null && server.signalCode === null) {
      const exit = once(server, 'exit')
      end()
      await exit
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until(async () => server.exitCode !== null || (await takesConnections(port)), 'ZooKeeper answers', startMs)
    if (server.exitCode !== null) throw new Error(`ZooKeeper ended: ${readFileSync(output, 'utf8').slice(-4_000)}`)
  } catch (cause) {
    await stop()
    throw cause
  }
  return { port, stop }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
