// The names of our own log topics, what each holds, and how long it stays.

export type TopicName = 'ingest' | 'alerts' | 'deliveries' | 'snapshots' | 'control'

export interface Topic {
  readonly name: TopicName
  /** One sentence: what one record of the topic is. */
  readonly holds: string
  /** `time`: whole segments go by age and size. `compacted`: the newest record of each key stays. */
  readonly keeps: 'time' | 'compacted'
}

export const topics: Readonly<Record<TopicName, Topic>> = {
  ingest: {
    name: 'ingest',
    holds: 'scrubbed lines as a receiver took them, up to a chunk of them in one record, or one decision of a person',
    keeps: 'time',
  },
  alerts: { name: 'alerts', holds: 'the newest revision of an alert, keyed by alert id', keeps: 'compacted' },
  deliveries: {
    name: 'deliveries',
    holds: 'the state of one webhook delivery, keyed by webhook id',
    keeps: 'compacted',
  },
  snapshots: {
    name: 'snapshots',
    holds: 'a chunk of detector state, or the manifest that names the chunks',
    keeps: 'compacted',
  },
  control: {
    name: 'control',
    holds: 'claims and learned look-ups',
    keeps: 'compacted',
  },
}
