// The names of our own log topics, what each holds, and how long it stays.

export type TopicName = 'ingest' | 'keyed' | 'findings' | 'alerts' | 'deliveries' | 'snapshots' | 'control'

export interface Topic {
  readonly name: TopicName
  /** One sentence: what one record of the topic is. */
  readonly holds: string
  /** `time`: whole segments go by age and size. `compacted`: the newest record of each key stays. */
  readonly keeps: 'time' | 'compacted'
  /** How many partitions it has where roles share the work: as many as one of those that are counted in settings, or one. */
  readonly partitionedAs: PartitionedTopic | 'one'
  /** Only there where roles share the work: what one role tells another. */
  readonly betweenRoles?: true
}

/** Topics whose partitions are counted in settings. */
export const partitionedTopics = ['ingest', 'keyed', 'findings'] as const
export type PartitionedTopic = (typeof partitionedTopics)[number]

export const topics: Readonly<Record<TopicName, Topic>> = {
  ingest: {
    name: 'ingest',
    holds: 'scrubbed lines as a receiver took them, up to a chunk of them in one record, or one decision of a person',
    keeps: 'time',
    partitionedAs: 'ingest',
  },
  keyed: {
    name: 'keyed',
    holds:
      'events for one share of the key groups, from a stretch of an ingest partition, or what another share hands over',
    keeps: 'time',
    partitionedAs: 'keyed',
    betweenRoles: true,
  },
  findings: {
    name: 'findings',
    holds:
      'verdicts on alerts of one partition from a stretch of a keyed partition, or decisions to close them from one of ingest',
    keeps: 'time',
    partitionedAs: 'findings',
    betweenRoles: true,
  },
  alerts: {
    name: 'alerts',
    holds: 'the newest revision of an alert, keyed by alert id',
    keeps: 'compacted',
    partitionedAs: 'findings',
  },
  deliveries: {
    name: 'deliveries',
    holds: 'the state of one webhook delivery, keyed by webhook id',
    keeps: 'compacted',
    partitionedAs: 'findings',
  },
  snapshots: {
    name: 'snapshots',
    holds: 'a chunk of detector state, or the manifest that names the chunks',
    keeps: 'compacted',
    partitionedAs: 'keyed',
  },
  control: {
    name: 'control',
    holds: 'claims, learned look-ups, and runs of exercises',
    keeps: 'compacted',
    partitionedAs: 'one',
  },
}

/** Those that one collector has, which tells nothing to another. */
export const topicsOfOne: readonly Topic[] = Object.values(topics).filter(({ betweenRoles }) => betweenRoles !== true)
