// Starts and ends the collector under test, and knows its store child.

import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface CollectorProcess {
  readonly url: string
  readonly store: string
  readonly pid: number
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
  kill(): void
  /** Kills the store child; false when it has none just now. */
  killStore(): boolean
  /** Ends it by SIGTERM and waits. */
  stop(): Promise<void>
}

const victim = fileURLToPath(new URL('./victim.js', import.meta.url))
const startMs = 60_000

/** @returns `killed` when it ended by a kill while it started, as one at a step may do; `failed` when by itself, or never ready. */
export async function startCollector(
  config: string,
  data: string,
  mutant: string,
  environment: Readonly<Record<string, string>>,
): Promise<CollectorProcess | 'killed' | 'failed'> {
  const child = fork(victim, [config, data, mutant], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const started = await Promise.race([startedOf(child), gone.then(() => 'gone' as const), deadline(startMs)])
  if (started === 'gone') return child.signalCode === 'SIGKILL' ? 'killed' : 'failed'
  if (started === 'late') {
    child.kill('SIGKILL')
    await gone
    return 'failed'
  }
  const pid = child.pid ?? 0
  return {
    url: `http://127.0.0.1:${started.port}`,
    store: started.store,
    pid,
    gone,
    kill: () => void child.kill('SIGKILL'),
    killStore: () => {
      const [store] = childrenOf(pid)
      if (store === undefined) return false
      process.kill(store, 'SIGKILL')
      return true
    },
    stop: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}

function startedOf(child: ChildProcess): Promise<{ port: number; store: string }> {
  return new Promise((resolve) =>
    child.once('message', (message) => resolve(message as { port: number; store: string })),
  ) // what victim.ts sends
}

function deadline(ms: number): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), ms).unref())
}

/** Processes whose parent is `pid`, from /proc. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // pid (comm) state ppid …; the name may hold spaces and brackets.
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid
      } catch {
        return false
      }
    })
    .map(Number)
}
