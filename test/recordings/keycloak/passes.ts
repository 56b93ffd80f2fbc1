// The ways in which a Keycloak is set up to log: each runs the server once more.

export interface Pass {
  /** Arguments of the server beside what all have. */
  readonly args: readonly string[]
  readonly extension: string
  /** A file for each story; else all its stories in one file. */
  readonly each: boolean
  /** The admin API's lists too. */
  readonly stored: boolean
  /** True where our own listener prints the events as JSON. */
  readonly listens?: boolean
  tells(story: string): boolean
}

const successes = '--spi-events-listener-jboss-logging-success-level=info'
const forwarded = '--proxy-headers=xforwarded'
const few = new Set(['login-and-rotation', 'parent-reused', 'ancestor-reused', 'hostile-names'])
const tellsFew = (story: string): boolean => few.has(story)

export const passes: Readonly<Record<string, Pass>> = {
  /** Successes logged as well, lists of the admin API kept. */
  text: { args: [forwarded, successes], extension: 'log', each: true, stored: true, tells: () => true },
  /** The console in JSON: the pairs stand in `message`. */
  'json-console': {
    args: [forwarded, successes, '--log-console-output=json'],
    extension: 'jsonl',
    each: false,
    stored: false,
    tells: tellsFew,
  },
  /** As it comes: only failures are logged. */
  'failures-only': {
    args: [forwarded],
    extension: 'log',
    each: false,
    stored: false,
    tells: (story) => few.has(story) || story === 'brute-force',
  },
  /** With tracing on, lines carry trace and span. */
  traced: {
    args: [forwarded, successes, '--tracing-enabled=true', '--tracing-endpoint=http://127.0.0.1:9'],
    extension: 'log',
    each: false,
    stored: false,
    tells: (story) => story === 'login-and-rotation',
  },
  /** Values without quotes, as a setting of the listener and before Keycloak 20 always. */
  unquoted: {
    args: [forwarded, successes, '--spi-events-listener-jboss-logging-quotes=none'],
    extension: 'log',
    each: false,
    stored: false,
    tells: tellsFew,
  },
  /** Keycloak's event objects as JSON, as listener extensions send them. */
  'listener-json': {
    args: [forwarded],
    extension: 'jsonl',
    each: false,
    stored: false,
    listens: true,
    tells: (story) => (few.has(story) && story !== 'ancestor-reused') || story === 'administration',
  },
  /** Of version 20, before values had quotes and refusals reasons. */
  older: { args: ['--proxy=edge', successes], extension: 'log', each: false, stored: false, tells: tellsFew },
}
