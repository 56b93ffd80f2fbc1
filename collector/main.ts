#!/usr/bin/env node
// The `eastwest` command: picks the subcommand, and turns what went wrong into a line and an exit code.

import { openProgram } from './commands/program.ts'
import { reportFailure } from './commands/report-failure.ts'

openProgram()
  .parseAsync(process.argv)
  .catch((cause: unknown) => {
    // What was opened before the failure would keep the process alive; the store's child goes when its parent does.
    process.exit(reportFailure(cause, process.stderr))
  })
