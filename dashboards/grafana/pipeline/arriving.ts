// Pipeline health: what arrives, how late, and what went dark. By the time of arrival: an old log may arrive today.

import type { PanelGroup } from '../building/dashboard.ts'
import { bars, lines, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

export const arriving: PanelGroup = {
  title: 'What arrives',
  panels: [
    bars({
      title: 'What arrives, by source?',
      description: 'Events by the time they were appended to the log. A source that stops is a detector that is blind.',
      sql: `
SELECT $__timeInterval(appended_at) AS time, toString(source) AS source, count() AS events
FROM events
WHERE ${during('appended_at')}
GROUP BY time, source
ORDER BY time, source`,
      unit: 'short',
      next: [{ title: 'What needs me now', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    lines({
      title: 'How late do events arrive?',
      description:
        'Of each kind: 95 of 100 events are appended within this time of happening. Logs that are posted late show here.',
      sql: `
SELECT $__timeInterval(appended_at) AS time, toString(kind) AS kind, quantile(0.95)(dateDiff('millisecond', event_at, appended_at)) AS late
FROM events
WHERE ${during('appended_at')}
GROUP BY time, kind
ORDER BY time, kind`,
      unit: 'ms',
      look: 60_000,
      bad: 600_000,
      next: [{ title: 'Decisions', to: 'authorization' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which sources went dark?',
      description:
        'Silence of each source at the end of this time, beside the usual time between two of its minutes with events. Many times the usual is dark.',
      sql: `
SELECT source, any(format) AS format, count() AS events, max(appended_at) AS last,
  dateDiff('second', max(appended_at), $__toTime_ms) AS silence,
  dateDiff('second', min(appended_at), max(appended_at)) / greatest(uniq(toStartOfMinute(appended_at)) - 1, 1) AS usual,
  silence / greatest(usual, 60) AS times
FROM events
WHERE ${during('appended_at')}
GROUP BY source
ORDER BY times DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'What needs me now', to: 'overview' }],
      width: 12,
      height: 9,
      columns: { silence: { unit: 's' }, usual: { unit: 's', decimals: 0 }, times: { decimals: 1 } },
    }),
    table({
      title: 'Whose clocks run ahead?',
      description:
        'Events stamped more than two seconds after they were appended take part in no time window: detectors do not count them.',
      sql: `
SELECT source, workload, instance, count() AS ahead, max(dateDiff('millisecond', appended_at, event_at)) AS most, max(appended_at) AS last
FROM events
WHERE ${during('appended_at')} AND skew = 1
GROUP BY source, workload, instance
ORDER BY ahead DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'What needs me now', to: 'overview' }],
      width: 12,
      height: 9,
      columns: { most: { unit: 'ms' } },
    }),
  ],
}
