// What is wrong with a topic is named, with its harm and the command that mends it; what is better than asked is left alone.

import { describe, expect, it } from 'vitest'
import { differences } from './comparing.ts'
import { wantedTopics } from './wanted.ts'

const wanted = wantedTopics({
  topicPrefix: 'ew.',
  replicationFactor: 3,
  minInsyncReplicas: 2,
  batchBytes: 1_000_000,
  retentionMs: 86_400_000,
})
const ingest = wanted.find(({ topic }) => topic === 'ew.ingest')
if (ingest === undefined) throw new Error('no ingest topic is wanted')

describe('our own topics', () => {
  it('are compacted where the newest record of a key stays', () => {
    expect(wanted.map(({ topic, config }) => [topic, config['cleanup.policy']])).toEqual([
      ['ew.ingest', 'delete'],
      ['ew.alerts', 'compact'],
      ['ew.deliveries', 'compact'],
      ['ew.snapshots', 'compact'],
      ['ew.control', 'compact'],
    ])
  })

  it('are as they have to be when they are as asked, or better', () => {
    expect(differences(ingest, ingest)).toEqual([])
    const better = {
      ...ingest.config,
      'retention.ms': '-1',
      'max.message.bytes': '9000000',
      'min.insync.replicas': '3',
    }
    expect(differences(ingest, { ...ingest, replicationFactor: 5, config: better })).toEqual([])
  })

  it('are missing', () => {
    expect(differences(ingest, undefined)).toMatchObject([{ says: 'it is missing', mend: 'eastwest topics create' }])
  })

  it.each([
    ['message.timestamp.type', 'CreateTime'],
    ['cleanup.policy', 'compact'],
    ['min.insync.replicas', '1'],
    ['max.message.bytes', '1000'],
    ['retention.ms', '60000'],
    ['retention.bytes', '1000000'],
    ['unclean.leader.election.enable', 'true'],
  ])('are told apart by %s', (name, value) => {
    const [difference, ...others] = differences(ingest, { ...ingest, config: { ...ingest.config, [name]: value } })
    expect(others).toEqual([])
    expect(difference?.says).toBe(`${name} is ${value}, not ${ingest.config[name]}`)
    expect(difference?.harm).not.toBe('')
    expect(difference?.mend).toContain(`--topic ew.ingest --add-config ${name}=${ingest.config[name]}`)
  })

  it('have too few copies', () => {
    expect(differences(ingest, { ...ingest, replicationFactor: 1 })).toMatchObject([
      { says: 'its replication factor is 1, not 3' },
    ])
  })
})
