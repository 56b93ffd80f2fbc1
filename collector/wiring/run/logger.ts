// Our own log lines: JSON for machines, short lines for people, and never a credential.

import { type DestinationStream, type Logger, pino } from 'pino'
import type { Settings } from '../settings/settings.ts'

const redacted = [
  'token',
  'password',
  'secret',
  'secrets',
  'authorization',
  'cookie',
  '*.token',
  '*.password',
  '*.secret',
  '*.authorization',
  '*.cookie',
]

/** Writes to `stream`; text where the settings or a terminal ask for it. */
export function openLogger(
  settings: Settings['telemetry'],
  stream: NodeJS.WriteStream,
  scrubText: (text: string) => string,
): Logger {
  const text = settings.logFormat === 'text' || (settings.logFormat === 'auto' && stream.isTTY === true)
  const destination: DestinationStream = {
    write: (line) => void stream.write(text ? forPeople(scrubText(line)) : scrubText(line)),
  }
  return pino(
    {
      level: settings.logLevel,
      base: null,
      redact: { paths: redacted, censor: '[secret]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
}

function forPeople(line: string): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as Record<string, unknown> // pino wrote it
  const rest = Object.entries(facts).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${String(time)} ${String(level).padEnd(5)} ${String(msg)}${rest.join('')}\n`
}
