// Runs the compiled `eastwest run --roles …` as its user would.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandEntry } from './running-collector.ts'
import { until } from './until.ts'

export interface FleetProcess {
  readonly roles: string
  readonly pid: number
  /** Of its health, and of records where it receives. */
  readonly url: string
  readonly stderr: () => string
  readonly hasEnded: () => boolean
  /** Resolves when it is gone: its exit code, null when a signal ended it. */
  readonly gone: Promise<number | null>
  /** Ends it by SIGTERM and waits; its exit code. */
  stop(): Promise<number | null>
  /** Ends it without warning and waits. */
  kill(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void
}

/** A process that was gone before it had started. */
export class EndedWhileStarting extends Error {
  /** Null when a signal ended it. */
  readonly exitCode: number | null

  constructor(message: string, exitCode: number | null) {
    super(message)
    this.exitCode = exitCode
  }
}

const startMs = 60_000

export interface FleetProcessOptions {
  /** Line of the key file, where it is not its own. */
  readonly scrubKey?: string
  /** Of the command. */
  readonly entry?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Its data folder is taken away when it has ended. @throws EndedWhileStarting */
export async function startFleetProcess(
  roles: string,
  settings: unknown,
  { scrubKey, entry = commandEntry, environment }: FleetProcessOptions = {},
): Promise<FleetProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-role-'))
  if (scrubKey !== undefined) writeFileSync(join(folder, 'scrub.key'), scrubKey)
  const config = join(folder, 'settings.yaml')
  writeFileSync(config, JSON.stringify(settings))
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0']
  const words = [entry, 'run', '--roles', roles, '--data', folder, ...ports, '--config', config]
  const child = spawn(process.execPath, words, {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text
  })
  const gone = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  void gone.then(() => rmSync(folder, { recursive: true, force: true }))
  const started = (): boolean => written.stdout.includes('Started;')
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  await until(() => started() || hasEnded(), `the process of ${roles} starts`, startMs)
  if (!started())
    throw new EndedWhileStarting(
      `the process of ${roles} ended while starting: ${written.stderr}${written.stdout}`,
      child.exitCode,
    )
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (!hasEnded()) child.kill(signal)
    return gone
  }
  return {
    roles,
    pid: pidOf(child),
    url: /health +(http:\/\/\S+)\/readyz/.exec(written.stdout)?.[1] ?? '',
    stderr: () => written.stderr,
    hasEnded,
    gone,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL')
    },
    signal: (signal) => void child.kill(signal),
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process was not started')
  return child.pid
}
