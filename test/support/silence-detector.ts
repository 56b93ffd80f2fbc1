// The smallest detector about absence: tells a subject that was silent for a minute, and the clients of such subjects.

import { type DetectorDeclaration, defineStage } from '../../detectors/engine/detector.ts'
import type { Keyspace, SlotVerdict } from '../../schemas/findings.ts'
import { type CountingSettings, countingDetector } from './counting-detector.ts'

interface Heard {
  readonly subject: string
  client: string
  lastId: string
  /** Epoch ms, event time. */
  lastAt: number
  appendedAt: number
}

export const silenceMs = 60_000

function verdictOf(keyspace: Keyspace, key: string, eventIds: readonly string[], at: number): SlotVerdict {
  return {
    rule: 'silence',
    entity: { keyspace, key, name: key, from: 'field' },
    slot: 'ever',
    findings: eventIds.map((eventId) => ({ eventId, at, rung: 'silent', severity: 'high' })),
    severity: 'high',
    confidence: 'high',
    title: `${key}: ${eventIds.length}`,
    firstSeenAt: at,
    lastSeenAt: at,
    count: eventIds.length,
    evidence: [],
    explanation: { why: [], windowFrom: 0, windowTo: 0, margins: [], wouldNotFireIf: [] },
    labels: {},
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}

/** An event with the outcome `denied` asks that the subject be not judged. `judged` says which were, in order. */
export function silenceDetector(judged: string[] = []): DetectorDeclaration<CountingSettings> {
  return {
    ...countingDetector(),
    id: 'silence',
    stages: [
      defineStage<Heard, CountingSettings>({
        id: 'by-subject',
        keyspace: 'subject',
        reads: 'events',
        kinds: ['action'],
        keyOf: ({ subject }) => subject,
        open: (subject) => ({ subject, client: '', lastId: '', lastAt: -1, appendedAt: -1 }),
        observe(state, { eventId, eventAt, client, outcome }, { appendedAt }) {
          if (outcome === 'denied') return { state, wakeAt: null }
          if (eventAt < state.lastAt || (eventAt === state.lastAt && eventId <= state.lastId)) return { state }
          Object.assign(state, { client, lastId: eventId, lastAt: eventAt, appendedAt })
          return { state, due: true, wakeAt: appendedAt + silenceMs }
        },
        judge(state, { watermarkAt }) {
          const { subject, client, lastId, lastAt, appendedAt } = state
          const silent = watermarkAt > appendedAt + silenceMs
          judged.push(`${subject} ${silent ? 'silent' : 'heard'}`)
          const signal = { key: client, eventId: subject, at: lastAt, facts: {}, withdrawn: !silent }
          return {
            state,
            verdicts: [verdictOf('subject', subject, silent ? [lastId] : [], lastAt)],
            ...(client !== '' && { signals: [signal] }),
          }
        },
        spentAfter: () => Number.POSITIVE_INFINITY,
      }),
      defineStage<{ readonly client: string; subjects: string[] }, CountingSettings>({
        id: 'by-client',
        keyspace: 'client',
        reads: 'signals',
        from: 'by-subject',
        open: (client) => ({ client, subjects: [] }),
        observe(state, { eventId, withdrawn }) {
          const others = state.subjects.filter((each) => each !== eventId)
          state.subjects = withdrawn ? others : [...others, eventId].sort()
          return { state, due: true }
        },
        judge: (state) => ({ state, verdicts: [verdictOf('client', state.client, state.subjects, 0)] }),
        spentAfter: () => Number.POSITIVE_INFINITY,
      }),
    ],
  }
}
