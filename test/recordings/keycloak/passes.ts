// The ways in which a Keycloak is set up to log: each runs the server once more.

import { slowStories } from './stories.ts'

export interface Pass {
  /** Arguments of the server beside what all have. */
  readonly args: readonly string[]
  readonly extension: string
  /** A file for each story; else all its stories in one file. */
  readonly each: boolean
  /** The admin API's lists too. */
  readonly stored: boolean
  /** The server's clock is libfaketime's, so that hours can pass; its JVM is slower by much. */
  readonly movesClock?: boolean
  tells(story: string): boolean
}

const successes = '--spi-events-listener-jboss-logging-success-level=info'
const few = new Set(['login-and-rotation', 'parent-reused', 'ancestor-reused', 'hostile-names'])
const tellsFew = (story: string): boolean => few.has(story)

export const passes: Readonly<Record<string, Pass>> = {
  /** Successes logged as well, lists of the admin API kept. */
  text: { args: [successes], extension: 'log', each: true, stored: true, tells: (story) => !slowStories.has(story) },
  clock: {
    args: [successes],
    extension: 'log',
    each: true,
    stored: false,
    movesClock: true,
    tells: (story) => slowStories.has(story),
  },
  /** The console in JSON: the pairs stand in `message`. */
  'json-console': {
    args: [successes, '--log-console-output=json'],
    extension: 'jsonl',
    each: false,
    stored: false,
    tells: tellsFew,
  },
  /** As it comes: only failures are logged. */
  'failures-only': {
    args: [],
    extension: 'log',
    each: false,
    stored: false,
    tells: (story) => few.has(story) || story === 'brute-force',
  },
  /** With tracing on, lines carry trace and span. */
  traced: {
    args: [successes, '--tracing-enabled=true', '--tracing-endpoint=http://127.0.0.1:9'],
    extension: 'log',
    each: false,
    stored: false,
    tells: (story) => story === 'login-and-rotation',
  },
  /** Values without quotes, as a setting of the listener and before Keycloak 20 always. */
  unquoted: {
    args: [successes, '--spi-events-listener-jboss-logging-quotes=none'],
    extension: 'log',
    each: false,
    stored: false,
    tells: tellsFew,
  },
}
