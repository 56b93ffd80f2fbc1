// What people read about record-loss.

import type { DetectorCard } from '../engine/detector.ts'

export const recordLossCard: DetectorCard = {
  title: 'Records lost before they were read',
  detects:
    'Detects stretches of a topic that were gone before eastwest read them: dropped by retention or deleted; of its own ' +
    'log also what was damaged on disk. Nothing in them was judged, so that what would have been an alert may be missing.',
  attack: [
    { technique: 'T1070', name: 'Indicator Removal', tactic: 'Defense Evasion' },
    { technique: 'T1562.006', name: 'Impair Defenses: Indicator Blocking', tactic: 'Defense Evasion' },
  ],
  owaspApi: [],
  falsePositives: [
    'A topic whose records are dropped on purpose before all of its readers have them: name it under tolerated.',
    'A collector that was down for longer than the topic keeps its records: nothing was hidden, and the records are lost all the same.',
  ],
  runbook: [
    'Find out who made them go: retention of the topic, `kafka-delete-records`, a broker that lost its disk.',
    'See how far behind reading was: `eastwest_source_lag_records` of a topic of others, `eastwest_log_lag_bytes` of our own.',
    'Where the sender still has them, replay the lost stretch from its files.',
    'Give the topic a retention of at least twice the longest outage that you want to outlive.',
    'Treat the time of the stretch as not watched: look at it by other means.',
  ],
  blindSpots: [
    'Records that never reached the topic: nothing counts them.',
    'A topic that was deleted and made anew: it is read from its beginning, and what the old one still held is not counted.',
    'Damaged records of a topic of others: they are put into quarantine one by one, as what its producers wrote.',
    'Topics from which compaction or a transaction took offsets: these were never to be read.',
  ],
  references: ['https://attack.mitre.org/techniques/T1070/', 'https://attack.mitre.org/techniques/T1562/006/'],
}
