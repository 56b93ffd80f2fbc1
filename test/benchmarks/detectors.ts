// `npm run bench:detectors`: what the detectors of tokens add to the cost of a mesh event, beside the first two alone, in one run.

import { parseArgs } from 'node:util'
import { machine, roundLine } from './report.ts'
import { median, thousands } from './statistics.ts'
import { openEastwest } from './subjects.ts'
import { measureThroughput, type Throughput, warmLines } from './throughput.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, lines: { type: 'string', default: '1000000' } },
})

const rounds = Number(values.rounds)
const lines = Number(values.lines)
const goal = 1.3
const all = 'all detectors'
const firstTwo = 'the first two'
const disabled = new Map<string, readonly string[]>([
  [all, []],
  [firstTwo, ['token-replay', 'refresh-token-reuse']],
])

console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`)
console.log(`${thousands(lines)} Istio JSON lines that name their tokens a run, ${rounds} rounds, in turn\n`)
const runs = new Map<string, Throughput[]>([...disabled.keys()].map((name) => [name, []]))
let sequence = 0
for (let round = 1; round <= rounds; round++) {
  for (const [name, without] of disabled) {
    const subject = await openEastwest(without)
    const result = await measureThroughput(subject, lines, sequence)
    await subject.close()
    sequence += warmLines + lines
    runs.get(name)?.push(result)
    console.log(`round ${round}  ${roundLine(name, result)}`)
  }
}
const both = (runs.get(all) ?? []).map((run, at) => [run, runs.get(firstTwo)?.[at] ?? run] as const)
const ratios = both.map(([run, other]) => run.cpuMicroseconds / other.cpuMicroseconds)
console.log(
  `\nCPU per event with all detectors: ${median(ratios).toFixed(2)} × that with the first two (by round: ` +
    `${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; goal: at most ${goal})`,
)
process.exit(0)
