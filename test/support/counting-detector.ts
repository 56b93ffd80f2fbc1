// The smallest detector with two stages: counts distinct events by subject, then subjects that reached two by client.

import { z } from 'zod'
import { type DetectorDeclaration, defineStage, type Json, type Signal } from '../../detectors/engine/detector.ts'
import type { Keyspace, SlotVerdict } from '../../schemas/findings.ts'

const settings = z.strictObject({
  limit: z.int().default(2).meta({ description: 'events of one subject', unit: 'events' }),
})
export type CountingSettings = z.infer<typeof settings>

interface Counted {
  ids: string[]
  client: string
  appendedAt: number
  /** Watermark at the last observation; null before the first. */
  watermarkAt: number | null
}

function verdictOf(keyspace: Keyspace, key: string, ids: readonly string[]): SlotVerdict {
  return {
    rule: 'counting',
    entity: { keyspace, key, name: key, from: 'field' },
    slot: 'ever',
    findings: ids.map((eventId, at) => ({ eventId, at, rung: 'counted', severity: 'high' })),
    severity: 'high',
    confidence: 'high',
    title: `${key}: ${ids.length}`,
    firstSeenAt: 0,
    lastSeenAt: 0,
    count: ids.length,
    evidence: [],
    explanation: { why: [], windowFrom: 0, windowTo: 0, margins: [], wouldNotFireIf: [] },
    labels: {},
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}

const open = (): Counted => ({ ids: [], client: '', appendedAt: 0, watermarkAt: null })

/** Spent an hour after the last event; `judged` says which keys were judged, in order. */
export function countingDetector(judged: string[] = []): DetectorDeclaration<CountingSettings> {
  return {
    id: 'counting',
    version: 1,
    card: {
      title: 'Counting',
      detects: 'Detects more than one event.',
      attack: [{ technique: 'T1000', name: 'None', tactic: 'None' }],
      owaspApi: [],
      falsePositives: [],
      runbook: [],
      blindSpots: [],
      references: [],
    },
    settings,
    stages: [
      defineStage<Counted, CountingSettings>({
        id: 'by-subject',
        keyspace: 'subject',
        reads: 'events',
        kinds: ['action', 'authn'],
        keyOf: ({ subject }) => subject,
        open,
        observe(state, event, { settings: { limit }, appendedAt, watermarkAt }) {
          const { eventId, subject, client } = event
          state.watermarkAt = Number.isFinite(watermarkAt) ? watermarkAt : null
          if (state.ids.includes(eventId)) return { state }
          state.ids.push(eventId)
          state.client = client
          state.appendedAt = appendedAt
          if (state.ids.length < limit) return { state, weight: state.ids.length }
          const signal: Signal = { key: client, eventId, at: event.eventAt, facts: { subject }, withdrawn: false }
          return {
            state,
            verdicts: [verdictOf('subject', subject, state.ids.toSorted())],
            ...(client !== '' && { signals: [signal] }),
            weight: state.ids.length,
            due: true,
          }
        },
        judge(state) {
          judged.push(state.ids.join())
          return { state }
        },
        spentAfter: ({ appendedAt }) => appendedAt + 3_600_000,
      }),
      defineStage<{ subjects: Json[] }, CountingSettings>({
        id: 'by-client',
        keyspace: 'client',
        reads: 'signals',
        from: 'by-subject',
        open: () => ({ subjects: [] }),
        observe(state, { key, facts: { subject = '' } }) {
          if (state.subjects.includes(subject)) return { state }
          state.subjects.push(subject)
          const subjects = state.subjects.map(String).sort()
          return subjects.length < 2 ? { state } : { state, verdicts: [verdictOf('client', key, subjects)] }
        },
        spentAfter: () => Number.POSITIVE_INFINITY,
      }),
    ],
    readiness: {
      kinds: ['action'],
      concerns: ({ action }) => action === 'counted',
      needs: [
        {
          name: 'subject',
          essential: true,
          met: ({ subject }) => subject !== '',
          hint: (format) => `log the subject in ${format}`,
        },
        { name: 'client', met: ({ client }) => client !== '', hint: () => '' },
      ],
    },
  }
}
