// A decision is durable before anybody is told, holds no credential, and is made once.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Alert, alertSchema } from '../../../schemas/alerts.ts'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import { closingRecord } from '../../../test/support/verdict-record.ts'
import { type Log, LogError } from '../../log/log.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { ephemeralScrubKey } from '../data-folder.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { type Decisions, type DecisionsOptions, openDecisions } from './decisions.ts'

let files: TemporaryLog
let log: Log
let alert: Alert
let decisions: Decisions

const id = 'ab'.repeat(16)
const at = '2026-11-02T09:14:22.318Z'
const said = { as: 'benign' as const, by: 'anna', note: 'a test of ours' }
const scope = { tenant: undefined, realm: 'live' }
const edge = { by: 'anna', note: 'release 4.2', caller: 'cart', destination: 'payments' }

function open(change: Partial<DecisionsOptions> = {}): Decisions {
  return openDecisions({
    log,
    scrubber: openScrubber(ephemeralScrubKey(), defaultSettings().scrub),
    tenant: 'shop',
    alerts: { alert: (asked, realm) => (asked === id && realm === 'live' ? alert : undefined), exceptions: () => [] },
    edges: async () => ({ entries: [] }),
    reload: async () => ({ applied: [], waiting: [] }),
    now: () => Date.parse(at),
    wait: () => new Promise(() => undefined),
    ...change,
  })
}

beforeEach(async () => {
  files = temporaryLog()
  log = await files.open()
  decisions = open()
  alert = alertSchema.parse({
    id,
    revision: 1,
    tenant: 'shop',
    realm: 'live',
    detector: 'refund-burst',
    version: 1,
    settingsDigest: '',
    rule: 'burst',
    severity: 'high',
    confidence: 'high',
    status: 'open',
    title: '',
    entity: { keyspace: 'subject', key: 'USR-1', name: 'USR-1', from: 'field' },
    slot: at,
    continues: '',
    firstSeenAt: at,
    lastSeenAt: at,
    count: 3,
    findings: 1,
    rungs: [],
    evidence: [],
    explanation: { why: [], windowFrom: at, windowTo: at, margins: [], wouldNotFireIf: [] },
    labels: {},
    baseline: '',
    suppressed: 0,
    attack: [],
    runbook: [],
    raisedAt: at,
    updatedAt: at,
    lagMs: 0,
    late: false,
    evictions: 0,
  })
})
afterEach(async () => {
  await log.close()
  files.remove()
})

const records = () =>
  log.read('ingest', 0, { maxBytes: 1 << 20 }).records.map(({ value, headers }) => {
    return { line: Buffer.from(value ?? []).toString(), headers }
  })

describe('a decision on an edge', () => {
  it('is stamped by the log where the clock of who takes it is ahead: nobody would judge by what is still to come', async () => {
    const ahead = open({ now: () => Date.now() + 60_000 })
    const { at: stamped } = await ahead.decideEdge(scope, 'edge.deny', edge)
    expect(Date.parse(stamped)).toBeLessThanOrEqual(Date.now())
    expect(records().map(({ line }) => JSON.parse(line).at)).toEqual([expect.anything(), stamped])
  })

  it('is one record that says that people made it, for whom and when', async () => {
    const reply = await decisions.decideEdge({ ...scope, realm: 'exercise:7' }, 'edge.deny', edge)
    expect(reply).toMatchObject({ at, coordinate: { topic: 'ingest', offset: 0 } })
    const [record] = records()
    expect(record?.headers).toEqual({
      format: 'eastwest-decision',
      source: 'api',
      receiver: 'decisions',
      tenant: 'shop',
      realm: 'exercise:7',
    })
    expect(JSON.parse(record?.line ?? '')).toEqual({
      schema: 'eastwest.decision/v1',
      at,
      decision: 'edge.deny',
      ...edge,
    })
  })

  it('keeps no credential that somebody wrote into its note', async () => {
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`
    await decisions.decideEdge(scope, 'edge.accept', { ...edge, note: `used Authorization: Bearer ${secret} twice` })
    const [record] = records()
    expect(record?.line).not.toContain(secret)
    expect(JSON.parse(record?.line ?? '').note).toMatch(/^used Authorization: Bearer \S+ twice$/)
  })

  it('is not made where the log takes nothing, and that may be tried again', async () => {
    const full = new LogError('ERR_LOG_DISK_FULL', 'no room', true)
    const refusing = { ...log, append: () => Promise.reject(full) } as Log // its other methods are not called
    await expect(open({ log: refusing }).decideEdge(scope, 'edge.accept', edge)).rejects.toBe(full)
    expect(records()).toEqual([])
  })

  it('is made also while the store cannot say whether the edge was ever seen', async () => {
    const outage = Object.assign(new Error('no store'), { retryable: true })
    const reply = await open({ edges: () => Promise.reject(outage) }).decideEdge(scope, 'edge.accept', edge)
    expect(reply.warnings).toEqual([])
    expect(records()).toHaveLength(1)
  })
})

describe('a decision to close', () => {
  it('is answered once it was folded', async () => {
    const closing = decisions.closeAlert(scope, id, said)
    await expect.poll(() => records()).toHaveLength(1)
    alert = { ...alert, status: 'closed' }
    decisions.folded([closingRecord({ position: { offset: 0, index: 0 } })])
    expect(await closing).toMatchObject({ applied: true, alert: { status: 'closed' } })
  })

  it('says so where judging has not reached it', async () => {
    const impatient = open({ wait: () => Promise.resolve() })
    expect(await impatient.closeAlert(scope, id, said)).toMatchObject({ applied: false, alert: { status: 'open' } })
    expect(records()).toHaveLength(1)
  })

  it('that was made already is not made again', async () => {
    alert = { ...alert, status: 'closed', feedback: { ...said, at } }
    expect(await decisions.closeAlert(scope, id, said)).toMatchObject({ applied: true })
    expect(records()).toEqual([])
  })

  it.each([
    ['an unknown id', scope, 'f'.repeat(32)],
    ['another tenant', { ...scope, tenant: 'other' }, id],
    ['another realm', { ...scope, realm: 'exercise:7' }, id],
  ])('is not made for %s', async (_, where, asked) => {
    expect(await decisions.closeAlert(where, asked, said)).toBeUndefined()
    expect(records()).toEqual([])
  })
})
