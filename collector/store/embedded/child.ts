// The store's process: owns the data directory, answers ClickHouse's HTTP interface, and goes when its parent does.

import { randomBytes, randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import { type ChildMessage, childOptions, StartError } from './child-messages.ts'
import { failpointVariable, readFailpoints } from './failpoints.ts'
import { closeInheritedFiles } from './inherited-files.ts'
import { lowerPriority, threadsOfProcess } from './lower-priority.ts'
import { openStoreServer, type StoreServer } from './store-server.ts'

/** A parent that is gone wants nothing any more; one that asks waits for what runs. */
const orphanDrainMs = 2_000
const stopDrainMs = 10_000

closeInheritedFiles()
const killHere = readFailpoints(process.env[failpointVariable] ?? '')
let server: StoreServer | undefined
let ending = false

process.once('SIGTERM', () => void end())
// A terminal sends it to the parent too, which still has rows to store and says when it is done.
process.on('SIGINT', () => undefined)
process.once('disconnect', () => void endOrphaned())
// The parent holds the other end and writes nothing: its end is the parent's end, however that came.
process.stdin.resume()
process.stdin.once('end', () => void endOrphaned())
process.stdin.once('error', () => void endOrphaned())

try {
  const options = childOptions.parse(JSON.parse(process.argv[2] ?? 'null'))
  server = await openStoreServer(options, {
    now: () => performance.now(),
    deadline: (ms) => AbortSignal.timeout(ms),
    newQueryId: () => randomUUID(),
    randomBytes,
    enter: (directory) => process.chdir(directory),
    onStep: (step) => {
      if (killHere(step)) process.kill(process.pid, 'SIGKILL')
    },
    onFatal: (cause) => {
      process.stderr.write(`store engine has shut down: ${cause.message}\n`)
      leaveAtOnce()
    },
  })
  // Not before: who waits for a start waits long enough.
  lowerPriority(threadsOfProcess() ?? [process.pid], constants.priority.PRIORITY_BELOW_NORMAL)
  tell({ kind: 'ready', port: server.port, version: server.version })
} catch (cause) {
  const code = cause instanceof StartError ? cause.code : 'ERR_STORE_ENGINE_FAILED'
  tell({ kind: 'failed', code, message: cause instanceof Error ? cause.message : String(cause) }, leaveAtOnce)
}

function tell(message: ChildMessage, sent: () => void = () => undefined): void {
  if (process.send !== undefined && process.connected) process.send(message, undefined, undefined, sent)
  else {
    process.stderr.write(`${JSON.stringify(message)}\n`)
    sent()
  }
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  const timer = setTimeout(leaveAtOnce, stopDrainMs)
  await server?.drain()
  clearTimeout(timer)
  server?.close()
  leaveAtOnce()
}

/** Somebody may wait for the directory already: the engine is not closed in good order, which takes it a while. */
async function endOrphaned(): Promise<void> {
  ending = true
  setTimeout(leaveAtOnce, orphanDrainMs)
  await server?.drain()
  server?.abandon()
  leaveAtOnce()
}

/**
 * A kill is what the engine is built to survive. An exit runs the handlers of its library, which can wait for ever for
 * threads of an engine that is still starting or was not closed, with the directory locked; so can closing it under
 * running queries.
 */
function leaveAtOnce(): void {
  process.kill(process.pid, 'SIGKILL')
}
