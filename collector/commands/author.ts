// The options of every command that decides something: who, and why.

import type { Command } from 'commander'
import { osUser } from '../wiring/client/os-user.ts'

export interface AuthorOptions {
  readonly by: string
  readonly note: string
}

export function withAuthor(command: Command): Command {
  return command
    .requiredOption('--note <text>', 'why; kept with the decision')
    .option('--by <name>', 'who decides (default: the user of this shell)', osUser())
}
