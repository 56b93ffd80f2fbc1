// A message that says it is a test, to see whether a channel works.

import { createHash } from 'node:crypto'
import type { Alert } from '../../schemas/alerts.ts'
import { withDeadline } from './attempt.ts'
import { instantText } from './build-alert.ts'
import type { Channel, Schedule } from './channels/channel.ts'
import type { Clocks } from './clocks.ts'
import { messageBody } from './message.ts'

export interface TestOutcome {
  readonly delivered: boolean
  /** One line for a person: `delivered to "ops" at https://hooks.example: HTTP 204 in 83 ms`. */
  readonly text: string
}

export interface TestPorts extends Clocks {
  readonly random: () => number
  readonly schedule: Schedule
}

/** One attempt, kept nowhere and never retried. Each call has an id of its own. */
export async function sendTestMessage(
  name: string,
  channel: Channel,
  timeoutMs: number,
  { now, clock, random, schedule }: TestPorts,
): Promise<TestOutcome> {
  const attemptAt = now()
  const startedAt = clock()
  const webhookId = createHash('sha256').update(`test ${name} ${attemptAt} ${random()}`).digest('hex').slice(0, 32)
  const body = messageBody(testAlert(name, attemptAt, webhookId), 'opened')
  const message = { webhookId, body, attemptAt }
  const outcome = await withDeadline((signal) => channel.deliver(message, signal), { schedule, timeoutMs }, undefined)
  const took = `in ${Math.round(clock() - startedAt)} ms`
  const place = `"${name}" at ${channel.destination}`
  return outcome.delivered
    ? { delivered: true, text: `delivered to ${place}: ${outcome.detail} ${took}` }
    : { delivered: false, text: `not delivered to ${place}: ${outcome.detail} (${outcome.reason}) ${took}` }
}

function testAlert(name: string, nowMs: number, id: string): Alert {
  const now = instantText(nowMs)
  return {
    id,
    revision: 1,
    tenant: 'default',
    realm: 'exercise:channel-test',
    detector: 'channel-test',
    version: 1,
    settingsDigest: '',
    rule: 'channel-test',
    severity: 'low',
    confidence: 'high',
    status: 'open',
    title: `Test of channel ${name}: nothing happened, nothing is to be done`,
    entity: { keyspace: 'source', key: name, name, from: '' },
    slot: now,
    continues: '',
    firstSeenAt: now,
    lastSeenAt: now,
    count: 0,
    findings: 0,
    rungs: [],
    evidence: [],
    explanation: {
      why: ['Somebody asked for a test.'],
      windowFrom: now,
      windowTo: now,
      margins: [],
      wouldNotFireIf: [],
    },
    labels: { test: 'true' },
    baseline: '',
    suppressed: 0,
    attack: [],
    runbook: ['Check that this message arrived and that its signature was verified.'],
    raisedAt: now,
    updatedAt: now,
    lagMs: 0,
    late: false,
    evictions: 0,
    feedback: null,
  }
}
