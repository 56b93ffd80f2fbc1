// The ClickHouse tables beside the events: columns, order and meaning, the source of their DDL and reference.

import { clickhouseType, snakeCase } from './events/column.ts'
import { eventColumnNames, eventColumns } from './events/columns.ts'

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly meaning: string
  /** ClickHouse compression codec, where the default is not best. */
  readonly codec?: string
  /** Body of a data skipping index on it. */
  readonly index?: string
}

export interface Table {
  readonly name: string
  /** One sentence: what a row is. */
  readonly holds: string
  readonly columns: readonly TableColumn[]
  readonly engine: string
  readonly orderBy: string
  /** Column of append time that partitions and expires rows; `''`: rows stay, one partition. */
  readonly appendColumn: string
  readonly settings: string
}

const text = (name: string, meaning: string): TableColumn => ({ name, type: 'String', meaning })
const word = (name: string, meaning: string): TableColumn => ({ name, type: 'LowCardinality(String)', meaning })
const instant = (name: string, meaning: string): TableColumn => ({ name, type: "DateTime64(3, 'UTC')", meaning })
const whole = (
  name: string,
  type: 'UInt8' | 'UInt16' | 'UInt32' | 'UInt64' | 'Int32' | 'Int64',
  meaning: string,
): TableColumn => ({ name, type, meaning })

const scope: readonly TableColumn[] = [word('tenant', 'Whose it is.'), word('realm', '`live`, or `exercise:<run>`.')]
const coordinate: readonly TableColumn[] = [
  word('topic', 'Log topic of the record.'),
  word('incarnation', 'Which life of that topic.'),
  whole('partition', 'Int32', 'Log partition.'),
  whole('offset', 'Int64', 'Log offset.'),
  whole('index', 'Int32', 'Which part of the record, from 0.'),
  whole('parts', 'Int32', 'How many rows the record gave.'),
]

const codecs: Readonly<Record<string, string>> = {
  eventAt: 'Delta(8), LZ4',
  appendedAt: 'Delta(8), LZ4',
  offset: 'Delta(8), LZ4',
}

const indexes: Readonly<Record<string, string>> = {
  eventAt: 'minmax',
  offset: 'minmax',
}

/** Every event row, copies included; the `events` view leaves copies out. */
export const eventRows: Table = {
  name: 'event_rows',
  holds: 'one event as it was read, copies included; look at the view `events`',
  columns: eventColumnNames.map((name) => {
    const index = 'lookup' in eventColumns[name] ? 'bloom_filter(0.01)' : indexes[name]
    return {
      name: snakeCase(name),
      type: clickhouseType(eventColumns[name]),
      meaning: eventColumns[name].meaning,
      ...(codecs[name] === undefined ? {} : { codec: codecs[name] }),
      ...(index === undefined ? {} : { index }),
    }
  }),
  engine: 'MergeTree',
  orderBy: 'tenant, realm, kind, appended_at',
  appendColumn: 'appended_at',
  settings: 'index_granularity = 8192',
}

export const quarantine: Table = {
  name: 'quarantine',
  holds: 'a record, or one part of it, that could not be read, with the reason',
  columns: [
    ...scope,
    ...coordinate,
    instant('appended_at', 'When the record was appended to the log.'),
    word('source', 'Where it entered.'),
    word('format', 'Format named by the sender, or of the decoder that gave up.'),
    word('reason', 'Reason from the closed list.'),
    text('detail', 'What exactly.'),
    text('head', 'Its first bytes, scrubbed, at most 1 KiB.'),
    whole('bytes', 'UInt64', 'Size of the whole record.'),
    text('sha256', 'SHA-256 of the scrubbed record, hex.'),
  ],
  engine: 'MergeTree',
  orderBy: 'tenant, realm, appended_at',
  appendColumn: 'appended_at',
  settings: '',
}

/** Revisions begin anew for a slot that comes back after its alert was forgotten, or in another log. */
const changeVersion = whole(
  'version',
  'UInt64',
  'Newest wins: append time of the last change in ms, times 2^20, plus the revision.',
)

export const alertRows: Table = {
  name: 'alert_rows',
  holds: 'one revision of an alert; the view `alerts` shows the newest of each',
  columns: [
    ...scope,
    text('id', 'Alert id.'),
    whole('revision', 'UInt32', 'Revision, counted from 1.'),
    word('detector', 'Detector that raised it.'),
    word('rule', 'Rule of that detector.'),
    word('severity', 'info, low, medium, high or critical.'),
    whole('severity_id', 'UInt8', 'Severity as OCSF number, 1 to 5.'),
    word('confidence', 'low, medium or high.'),
    word('status', 'open, withdrawn or closed.'),
    text('title', 'Who and what.'),
    word('keyspace', 'Keyspace of the entity.'),
    text('entity', 'Key of the entity.'),
    text('slot', 'Event-time period or natural name.'),
    whole('count', 'UInt64', 'What was counted.'),
    instant('first_seen_at', 'Event time of the first event counted.'),
    instant('last_seen_at', 'Event time of the last event counted.'),
    instant('raised_at', 'Append time of the event that raised it.'),
    instant('updated_at', 'Append time of the event that last changed it.'),
    text('body', 'The whole alert as JSON.'),
    changeVersion,
  ],
  engine: 'ReplacingMergeTree(version)',
  orderBy: 'tenant, realm, id',
  appendColumn: '',
  settings: '',
}

export const findingRows: Table = {
  name: 'finding_rows',
  holds: 'an event at which a detector’s condition holds, as a revision of its alert says; look at the view `findings`',
  columns: [
    ...scope,
    text('alert_id', 'The alert that gathers it.'),
    text('event_id', 'The event.'),
    word('detector', 'Detector.'),
    word('rung', 'Rung or condition that held.'),
    word('severity', 'Severity of the finding.'),
    instant('event_at', 'When the event happened.'),
    whole('standing', 'UInt8', '0: a later event took it away.'),
    whole('revision', 'UInt32', 'Revision of the alert that says so.'),
    instant('appended_at', 'Append time of the event that caused that revision.'),
    changeVersion,
  ],
  engine: 'ReplacingMergeTree(version)',
  orderBy: 'tenant, realm, alert_id, event_id, rung',
  appendColumn: '',
  settings: '',
}

export const deliveries: Table = {
  name: 'deliveries',
  holds: 'the state of one notification to one channel',
  columns: [
    ...scope,
    text('webhook_id', 'Id of the notification; receivers drop repeats by it.'),
    text('alert_id', 'The alert it tells of.'),
    word('channel', 'Name of the channel.'),
    word('transition', 'What it tells.'),
    word('state', 'pending, attempting, delivered or dead.'),
    whole('attempts', 'UInt32', 'Attempts made.'),
    text('last_error', 'Why the last attempt failed.'),
    instant('next_attempt_at', 'When the next attempt is due.'),
    instant('updated_at', 'When this state was reached.'),
    whole('version', 'UInt64', 'Counts its states.'),
  ],
  engine: 'ReplacingMergeTree(version)',
  orderBy: 'tenant, realm, webhook_id',
  appendColumn: '',
  settings: '',
}

export const edges: Table = {
  name: 'edges',
  holds: 'what is known of one caller of one destination',
  columns: [
    ...scope,
    text('destination', 'Called identity.'),
    text('caller', 'Calling identity.'),
    word('caller_from', 'Provenance of the caller’s identity.'),
    word('state', 'learning, known, dormant, forgotten, quarantined or denied.'),
    instant('first_seen_at', 'Event time of the first call.'),
    instant('last_seen_at', 'Hour of the last call, event time.'),
    whole('hours', 'UInt32', 'Distinct hours with accepted calls, up to what makes an edge known.'),
    whole('days', 'UInt32', 'Distinct days with accepted calls, up to what makes an edge known.'),
    whole('instances', 'UInt32', 'Distinct caller replicas, up to what makes an edge known.'),
    { name: 'routes', type: 'Array(String)', meaning: 'Methods and route templates seen, a bounded list.' },
    word('decision', 'accepted or denied by a person; empty: nobody decided.'),
    text('decided_by', 'Who decided last.'),
    instant('decided_at', 'When; the epoch where nobody did.'),
    text('decision_note', 'Why.'),
    instant('updated_at', 'Append time of what last changed it.'),
    whole('version', 'UInt64', 'Newest wins.'),
  ],
  engine: 'ReplacingMergeTree(version)',
  orderBy: 'tenant, realm, destination, caller',
  appendColumn: '',
  settings: '',
}

export const tables: readonly Table[] = [eventRows, quarantine, alertRows, findingRows, deliveries, edges]

export interface View {
  readonly name: string
  readonly holds: string
  readonly select: string
}

export const views: readonly View[] = [
  { name: 'events', holds: 'every event once: copies are left out', select: 'SELECT * FROM event_rows WHERE copy = 0' },
  { name: 'alerts', holds: 'the newest revision of every alert', select: 'SELECT * FROM alert_rows FINAL' },
  { name: 'findings', holds: 'every finding as its alert now says', select: 'SELECT * FROM finding_rows FINAL' },
]
