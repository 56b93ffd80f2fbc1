// `npm run bench`: our collector against two naive pipelines, alternated in one run, and the latency of an alert at a pace.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measureAlertLatency } from './alert-latency.ts'
import { latencyLines, machine, medianLines, ratioLines, resultsPage, roundLine } from './report.ts'
import { stageCosts } from './stage-costs.ts'
import { thousands } from './statistics.ts'
import { openEastwest, openNaive, type Subject } from './subjects.ts'
import { measureThroughput, type Throughput, warmLines, warmUp } from './throughput.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    lines: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
  },
})

const pace = 20_000
const rounds = Number(values.rounds)
const lines = Number(values.lines)
const subjects: readonly (readonly [name: string, open: () => Promise<Subject>])[] = [
  ['eastwest', () => openEastwest()],
  ['naive with guarantees', () => openNaive(true)],
  ['naive', () => openNaive(false)],
]

const date = new Date().toISOString().slice(0, 10)
console.log(`${machine()}, ${date}`)
console.log(`${thousands(lines)} Istio JSON lines of about 1.1 KB a run, ${rounds} rounds, subjects in turn\n`)

const throughput = new Map<string, Throughput[]>(subjects.map(([name]) => [name, []]))
let stages = ''
let sequence = 0
for (let round = 1; round <= rounds; round++) {
  for (const [name, open] of subjects) {
    if (values.only !== undefined && values.only !== name) continue
    const subject = await open()
    const result = await measureThroughput(subject, lines, sequence)
    sequence += warmLines + lines
    throughput.get(name)?.push(result)
    if (name === 'eastwest' && round === rounds) stages = await stageCosts(subject.metricsUrl)
    await subject.close()
    console.log(`round ${round}  ${roundLine(name, result)}`)
  }
}
console.log(['', 'medians', ...medianLines({ throughput }), ...ratioLines({ throughput }), '', stages].join('\n'))

const subject = await openEastwest()
await warmUp(subject, sequence)
const latency = await measureAlertLatency(subject, pace, Number(values.seconds), sequence + warmLines)
await subject.close()
console.log(['', ...latencyLines(latency)].join('\n'))

if (values.write) {
  const page = 'test/benchmarks/RESULTS.md'
  writeFileSync(page, resultsPage({ lines, rounds, throughput, stages, latency }, date))
  console.log(`\nwritten to ${page}`)
}
process.exit(0)
