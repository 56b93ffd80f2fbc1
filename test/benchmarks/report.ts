// What a benchmark found, as lines for the terminal and as the page RESULTS.md.

import { cpus, totalmem } from 'node:os'
import type { AlertLatency } from './alert-latency.ts'
import { mebibytes, median, percentile, thousands } from './statistics.ts'
import { type Throughput, warmLines } from './throughput.ts'

export interface Found {
  readonly lines: number
  readonly rounds: number
  /** By subject, in the order of the rounds. */
  readonly throughput: ReadonlyMap<string, readonly Throughput[]>
  readonly stages: string
  readonly latency: AlertLatency
}

const ours = 'eastwest'

export function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, Node ${process.versions.node}`
}

export function roundLine(name: string, { eventsPerSecond, cpuMicroseconds, ...run }: Throughput): string {
  const generator = run.generatorMicroseconds.toFixed(1)
  return `${name.padEnd(22)} ${thousands(eventsPerSecond).padStart(8)} events/s  ${cpuMicroseconds.toFixed(1)} µs CPU/event (load generator ${generator})  ${mebibytes(run.memoryBytes)}`
}

export function medianLines({ throughput }: Pick<Found, 'throughput'>): readonly string[] {
  return [...throughput].filter(([, runs]) => runs.length > 0).map(([name, runs]) => roundLine(name, medianOf(runs)))
}

/** How many times as fast as each other subject, by the rounds in which both ran. */
export function ratioLines({ throughput }: Pick<Found, 'throughput'>): readonly string[] {
  const mine = throughput.get(ours) ?? []
  return [...throughput].flatMap(([name, theirs]) => {
    const ratios = mine.flatMap((run, at) =>
      theirs[at] === undefined ? [] : [run.eventsPerSecond / theirs[at].eventsPerSecond],
    )
    if (name === ours || ratios.length === 0) return []
    const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ')
    return [`${median(ratios).toFixed(2)} × ${name} (by round: ${each})`]
  })
}

export function latencyLines({ pace, alertMs, commitMs, probes }: AlertLatency): readonly string[] {
  const line = (name: string, times: readonly number[]): string =>
    `${name} p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms, max ${Math.max(...times).toFixed(1)} ms`
  return [
    `at ${thousands(pace)} events/s: ${alertMs.length} of ${probes} probes alerted`,
    line('event → alert  ', alertMs),
    line('event → durable', commitMs),
  ]
}

export function resultsPage(found: Found, date: string): string {
  const mine = medianOf(found.throughput.get(ours) ?? [])
  const alertMs = percentile(found.latency.alertMs, 0.99).toFixed(0)
  const ratios = ratioLines(found)
    .map((line) => line.split(' (', 1)[0])
    .join(', ')
  return `# Results

Written by \`npm run bench -- --write\`, ${date}, on ${machine()}.

End to end over HTTP, embedded log, decoders, detectors and embedded store, ${thousands(found.lines)} Istio JSON lines of about
1.1 KB a run after ${thousands(warmLines)} to warm up, 16 connections of 500 lines a body; subjects in turn, medians of ${found.rounds} rounds.
Memory is \`RssAnon\` + \`RssShmem\` of collector and store together, the most of all rounds. CPU is of both too.
Latency after the same warm-up and eight seconds of the pace, in bodies of 100 lines, a probe of three refunds each 50 ms;
those of the last four of the eight seconds are not counted: refunds and alerts had not been met before.

\`\`\`
${[...medianLines(found), '', ...ratioLines(found), '', found.stages, '', ...latencyLines(found.latency)].join('\n')}
\`\`\`

Goals, and what stands here: 60,000 events/s (${thousands(mine.eventsPerSecond)}), twice naive with guarantees and 1.4 times
naive (${ratios}), at most 1,024 MiB
(${mebibytes(mine.memoryBytes)}), event → alert p99 at most 100 ms (${alertMs} ms).
`
}

function medianOf(runs: readonly Throughput[]): Throughput {
  const of = (pick: (run: Throughput) => number): number => median(runs.map(pick))
  return {
    eventsPerSecond: of((run) => run.eventsPerSecond),
    cpuMicroseconds: of((run) => run.cpuMicroseconds),
    generatorMicroseconds: of((run) => run.generatorMicroseconds),
    memoryBytes: Math.max(...runs.map((run) => run.memoryBytes)),
  }
}
