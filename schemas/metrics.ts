// Every metric the program reports: name, unit, kind and the closed labels it may carry.

export type MetricKind = 'counter' | 'gauge' | 'histogram'

export interface Metric {
  readonly name: string
  readonly kind: MetricKind
  /** UCUM unit. */
  readonly unit: string
  readonly meaning: string
  /** Label names; their values come from closed sets: ids of formats, detectors, channels, reasons, topics of the settings. */
  readonly labels: readonly string[]
}

export const metrics = {
  receivedRecords: {
    name: 'eastwest_receiver_records',
    kind: 'counter',
    unit: '1',
    meaning: 'Records made durable, by receiver.',
    labels: ['receiver'],
  },
  receivedBytes: {
    name: 'eastwest_receiver_bytes',
    kind: 'counter',
    unit: 'By',
    meaning: 'Bytes made durable, by receiver.',
    labels: ['receiver'],
  },
  missedRecords: {
    name: 'eastwest_source_missed_records',
    kind: 'counter',
    unit: '1',
    meaning: 'Records of source topics that were dropped before they were read, by topic.',
    labels: ['topic'],
  },
  ownedPartitions: {
    name: 'eastwest_owned_partitions',
    kind: 'gauge',
    unit: '1',
    meaning: 'Partitions that this process owns, by role.',
    labels: ['role'],
  },
  roleLag: {
    name: 'eastwest_role_lag_records',
    kind: 'gauge',
    unit: '1',
    meaning: 'Records of owned partitions that were not read yet, by role.',
    labels: ['role'],
  },
  sourceLag: {
    name: 'eastwest_source_lag_records',
    kind: 'gauge',
    unit: '1',
    meaning: 'Records of source topics that were not taken yet, by topic.',
    labels: ['topic'],
  },
  refusedRequests: {
    name: 'eastwest_receiver_refusals',
    kind: 'counter',
    unit: '1',
    meaning: 'Requests refused, by code of the refusal.',
    labels: ['code'],
  },
  rejectedItems: {
    name: 'eastwest_receiver_rejected_items',
    kind: 'counter',
    unit: '1',
    meaning: 'Spans and log records of OTLP requests that were not taken while the rest was, by reason.',
    labels: ['reason'],
  },
  appendSeconds: {
    name: 'eastwest_log_append_duration',
    kind: 'histogram',
    unit: 's',
    meaning: 'From the last byte of a request to its durable append.',
    labels: [],
  },
  scrubbedSecrets: {
    name: 'eastwest_scrub_replacements',
    kind: 'counter',
    unit: '1',
    meaning: 'Credentials replaced by references.',
    labels: [],
  },
  events: { name: 'eastwest_decoder_events', kind: 'counter', unit: '1', meaning: 'Events decoded.', labels: [] },
  quarantined: {
    name: 'eastwest_decoder_quarantined',
    kind: 'counter',
    unit: '1',
    meaning: 'Records put into quarantine, by reason.',
    labels: ['reason'],
  },
  copies: {
    name: 'eastwest_decoder_copies',
    kind: 'counter',
    unit: '1',
    meaning: 'Events recognised as copies of one shortly before.',
    labels: [],
  },
  stageSeconds: {
    name: 'eastwest_stage_duration',
    kind: 'histogram',
    unit: 's',
    meaning:
      'Time one chunk spent in a stage: decode, detect, alert, store; frame: made ready for the shares of the keys.',
    labels: ['stage'],
  },
  alertSeconds: {
    name: 'eastwest_alert_latency',
    kind: 'histogram',
    unit: 's',
    meaning: 'From the durable append of an event to the durable alert it caused.',
    labels: [],
  },
  lagRecords: {
    name: 'eastwest_log_lag_records',
    kind: 'gauge',
    unit: '1',
    meaning: 'Log records appended and not yet judged.',
    labels: [],
  },
  lagBytes: {
    name: 'eastwest_log_lag_bytes',
    kind: 'gauge',
    unit: 'By',
    meaning: 'Log bytes appended and not yet judged.',
    labels: [],
  },
  unstoredRecords: {
    name: 'eastwest_store_unstored_records',
    kind: 'gauge',
    unit: '1',
    meaning: 'Log records judged and not yet stored.',
    labels: [],
  },
  storeOutage: {
    name: 'eastwest_store_outage',
    kind: 'gauge',
    unit: '1',
    meaning: '1 while the store refuses or does not answer.',
    labels: [],
  },
  storedRows: {
    name: 'eastwest_store_rows',
    kind: 'counter',
    unit: '1',
    meaning: 'Event and quarantine rows stored.',
    labels: [],
  },
  loopDelay: {
    name: 'eastwest_process_loop_delay',
    kind: 'gauge',
    unit: 's',
    meaning:
      'How long the event loop that receives and answers stood still, over the last one to two minutes: `quantile` is `0.5`, `0.99` or `1`, the maximum.',
    labels: ['quantile'],
  },
  unaccounted: {
    name: 'eastwest_log_unaccounted_offsets',
    kind: 'gauge',
    unit: '1',
    meaning: 'Log offsets passed without a row to show for them; must be 0.',
    labels: [],
  },
  stateKeys: {
    name: 'eastwest_detector_keys',
    kind: 'gauge',
    unit: '1',
    meaning: 'Keys a detector holds state for.',
    labels: ['detector'],
  },
  evictions: {
    name: 'eastwest_detector_evictions',
    kind: 'gauge',
    unit: '1',
    meaning: 'State entries dropped because of a bound.',
    labels: ['detector'],
  },
  alertTransitions: {
    name: 'eastwest_alert_transitions',
    kind: 'counter',
    unit: '1',
    meaning: 'Alerts opened, changed, withdrawn or closed; `realm` is `live` or `exercise`.',
    labels: ['detector', 'transition', 'realm'],
  },
  exceptedFindings: {
    name: 'eastwest_alert_excepted_findings',
    kind: 'counter',
    unit: '1',
    meaning: 'Findings that an exception of the settings ate.',
    labels: ['detector'],
  },
  outboxDepth: {
    name: 'eastwest_outbox_depth',
    kind: 'gauge',
    unit: '1',
    meaning: 'Notifications waiting for a channel.',
    labels: [],
  },
  deadLetters: {
    name: 'eastwest_outbox_dead_letters',
    kind: 'gauge',
    unit: '1',
    meaning: 'Notifications given up after all their attempts.',
    labels: [],
  },
  deliveries: {
    name: 'eastwest_outbox_attempts',
    kind: 'counter',
    unit: '1',
    meaning: 'Attempts to notify a channel, by outcome.',
    labels: ['channel', 'outcome'],
  },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof metrics
