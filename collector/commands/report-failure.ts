// Tells a person what went wrong in a line or two, and picks the exit code.

import { CommanderError } from 'commander'
import { exitCodes } from './exit-codes.ts'

/** Codes of mistakes in the call or the settings: everything else is a failure of the work itself. */
const usageCodes = new Set([
  'ERR_SETTINGS',
  'ERR_USAGE',
  'ERR_DATA_FOLDER',
  'ERR_REFUSED_TO_LISTEN',
  'ERR_CLEAR_TEXT',
  'ERR_STORY',
])

/** A mistake in the call, found after the words were parsed. */
export class UsageError extends Error {
  readonly code = 'ERR_USAGE'
}

export function reportFailure(cause: unknown, stream: NodeJS.WritableStream): number {
  // Commander has already printed its own complaint.
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (!(cause instanceof Error)) {
    stream.write(`eastwest: ${String(cause)}\n`)
    return exitCodes.failed
  }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  // An error without a code is a bug: its stack is worth more than its message.
  stream.write(
    code === ''
      ? `eastwest: this is a bug, please report it\n${cause.stack ?? cause.message}\n`
      : `eastwest: ${cause.message}\n`,
  )
  return usageCodes.has(code) ? exitCodes.usage : exitCodes.failed
}
