// Proves that one process and fleets of 1, 2 and 4 detecting processes say the same, byte for byte: `npm run identity`.

import { startKafka } from '../support/kafka/kafka-broker.ts'
import { inputLines } from './input.ts'
import { runAlone, runFleet } from './runs.ts'
import { type Told, turnedRound } from './told.ts'

const counts = (process.argv[2] ?? '1,2,4').split(',').map(Number)
const lines = inputLines()
const say = (text: string): void => console.log(`  ${text}`)

console.log(`one process, embedded log: ${lines.length} lines`)
const reference = await runAlone({ lines, say })
report('alone', reference)
let failures = reference.alerts.length === 0 || reference.quarantined > 0 ? 1 : 0
const broker = await startKafka()
try {
  for (const detecting of counts) {
    console.log(`fleet over Kafka, ${detecting} detecting`)
    const told = await runFleet(broker, detecting, { lines, say })
    report(`fleet of ${detecting}`, told)
    const turns = turnedRound(reference.arrival, told.arrival)
    say(`${turns} neighbours of ${told.events} came the other way round`)
    const missing = reference.alerts.filter((alert) => !told.alerts.includes(alert))
    const surplus = told.alerts.filter((alert) => !reference.alerts.includes(alert))
    for (const alert of missing.slice(0, 3)) say(`alone only: ${alert.slice(0, 600)}`)
    for (const alert of surplus.slice(0, 3)) say(`fleet only: ${alert.slice(0, 600)}`)
    const isSame = told.digest === reference.digest
    say(isSame ? 'the same, byte for byte' : `NOT the same: ${missing.length} missing, ${surplus.length} more`)
    if (!isSame || turns === 0) failures += 1
  }
} finally {
  await broker.stop()
}
process.exit(failures === 0 ? 0 : 1)

function report(name: string, { alerts, events, quarantined, digest, detectors }: Told): void {
  say(`${name}: ${events} events, ${quarantined} in quarantine, ${alerts.length} alerts of ${detectors.join(', ')}`)
  say(`SHA-256 ${digest}`)
}
