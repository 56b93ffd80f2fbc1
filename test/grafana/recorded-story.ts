// Whom the recorded data is about: the values that an analyst would have clicked on, and lines that nobody can read.

import type { SourceLines } from '../support/grafana/recorded-sources.ts'

/** By dashboard: what is chosen there beside what Grafana chooses itself. */
export const subjectsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'eastwest-subject': { subject: 'u-314' },
  'eastwest-tokens': { session: '963259fd-d552-417c-8288-2eca4d15e444' },
}

/** By panel: where its question is about somebody else than the rest of the dashboard. */
export const subjectsOfPanels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Which of its authentications failed, in all services?': { subject: 'bob' },
}

/** One of no format, one that is cut off, and one whose clock runs ahead by an hour. */
export function unreadable(): SourceLines {
  const ahead = new Date(Date.now() + 3_600_000).toISOString()
  return {
    source: 'support-desk',
    lines: [
      'not a line of any format',
      '{"schema":"eastwest.event/v1","kind":"action","action":"refund"',
      JSON.stringify({
        schema: 'eastwest.event/v1',
        kind: 'action',
        at: ahead,
        action: 'secret.read',
        actor: 'bob',
        workload: 'support-desk',
      }),
    ],
  }
}
