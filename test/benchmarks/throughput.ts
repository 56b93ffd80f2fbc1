// One run of one subject: how many events a second from the first byte sent to the last row stored, and at what cost.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadReport } from './load-generator.ts'
import { cpuSeconds, watchMemory } from './process-facts.ts'
import type { Subject } from './subjects.ts'

const generator = fileURLToPath(new URL('./load-generator.js', import.meta.url))
const linesPerBody = 500
const connections = 16
/** Sent before anything is measured: V8 goes on compiling for some ten seconds of full load. */
export const warmLines = 500_000
const storeMs = 120_000

export interface Throughput {
  readonly eventsPerSecond: number
  /** Collector and store together, µs of CPU per event. */
  readonly cpuMicroseconds: number
  /** The load generator's own, µs of CPU per event. */
  readonly generatorMicroseconds: number
  readonly memoryBytes: number
}

export async function load(order: LoadOrder): Promise<LoadReport> {
  const child = fork(generator, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    return await new Promise<LoadReport>((resolve, reject) => {
      child.once('message', (message) => resolve(message as LoadReport)) // what load-generator.ts sends
      child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)))
      child.send(order)
    })
  } finally {
    child.removeAllListeners('exit')
    child.disconnect()
  }
}

/** Full load, until all of it is stored; gives the number of rows then. */
export async function warmUp(subject: Subject, sequence: number): Promise<number> {
  await load({ url: subject.url, lines: warmLines, linesPerBody, connections, pace: 0, sequence })
  await subject.flush()
  return storedAtLeast(subject, warmLines)
}

/** @param sequence first line number: no two calls send the same line */
export async function measureThroughput(subject: Subject, lines: number, sequence: number): Promise<Throughput> {
  const before = await warmUp(subject, sequence)
  const cpuBefore = subject.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const memory = watchMemory(subject.pids)
  const report = await loadUntilStored(subject, lines, sequence + warmLines, before)
  const seconds = (Date.now() - report.startedAt) / 1000
  const cpu = subject.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0) - cpuBefore
  return {
    eventsPerSecond: report.sentLines / seconds,
    cpuMicroseconds: (cpu / report.sentLines) * 1e6,
    generatorMicroseconds: (report.cpuSeconds / report.sentLines) * 1e6,
    memoryBytes: memory.stop(),
  }
}

/** @param before rows that are stored already */
export async function loadUntilStored(
  subject: Subject,
  lines: number,
  sequence: number,
  before: number,
): Promise<LoadReport> {
  const report = await load({ url: subject.url, lines, linesPerBody, connections, pace: 0, sequence })
  await subject.flush()
  await storedAtLeast(subject, before + report.sentLines)
  return report
}

async function storedAtLeast(subject: Subject, rows: number): Promise<number> {
  for (const until = Date.now() + storeMs; ; ) {
    const stored = await subject.stored()
    if (stored >= rows) return stored
    if (Date.now() > until) throw new Error(`only ${stored} of ${rows} rows were stored within ${storeMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
