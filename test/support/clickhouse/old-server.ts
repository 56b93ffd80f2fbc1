// A real ClickHouse server of 2018, Debian's package `clickhouse-server`, in a folder that goes with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'

export interface OldServer {
  readonly url: string
  stop(): Promise<void>
}

const startMs = 30_000
/** Packages put servers where the path of an ordinary account does not lead. */
const path = `${process.env.PATH ?? ''}:/usr/sbin`

/** Rejects with what to install where it is missing. */
export async function startOldServer(): Promise<OldServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-clickhouse-'))
  const configuration = writeConfiguration(folder, port)
  const output = join(folder, 'output')
  const server = spawn('clickhouse-server', [`--config-file=${configuration}`], {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', openSync(output, 'a'), openSync(output, 'a')],
  })
  const end = (): boolean => server.kill('SIGKILL')
  process.once('exit', end)
  const stop = async (): Promise<void> => {
    process.off('exit', end)
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      const exit = once(server, 'exit')
      end()
      await exit
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await answers(url, server, output)
  } catch (cause) {
    await stop()
    throw cause
  }
  return { url, stop }
}

async function answers(url: string, server: ChildProcess, output: string): Promise<void> {
  let missing: Error | undefined
  server.once('error', (cause) => {
    missing = new Error(
      'tests of refused servers need one that is too old: install Debian’s (apt-get install clickhouse-server)',
      { cause },
    )
  })
  const until = Date.now() + startMs
  while (missing === undefined && server.exitCode === null && Date.now() < until) {
    const reply = await fetch(`${url}/ping`).catch(() => undefined)
    if (reply?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw missing ?? new Error(`the server does not answer:\n${readFileSync(output, 'utf8').slice(-4_000)}`)
}

function writeConfiguration(folder: string, port: number): string {
  const [server, users] = [join(folder, 'config.xml'), join(folder, 'users.xml')]
  writeFileSync(
    users,
    `<yandex><profiles><default></default></profiles><quotas><default></default></quotas>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`,
  )
  writeFileSync(
    server,
    `<yandex><logger><level>warning</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host><http_port>${port}</http_port>
<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><users_config>${users}</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>16777216</mark_cache_size></yandex>`,
  )
  return server
}
