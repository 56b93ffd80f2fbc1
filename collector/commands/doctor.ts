// `eastwest doctor`: is the collector well, which detectors cannot fire on what arrives, and what to add.

import { Command } from 'commander'
import { type ConnectionOptions, clientOf, type OutputOptions, withConnection, withOutput } from './connection.ts'
import { exitCodes } from './exit-codes.ts'
import { abstentionLines } from './output/abstentions.ts'
import { printable, styleFor } from './output/style.ts'

export function doctorCommand(): Command {
  return withOutput(withConnection(new Command('doctor')))
    .description('is it well, which detectors cannot fire on what arrives, and what to add')
    .action(async (options: ConnectionOptions & OutputOptions) => {
      const reply = await clientOf(options).ready()
      if (!reply.ready) process.exitCode = exitCodes.failed
      if (options.output === 'json') {
        console.log(JSON.stringify(reply, null, 2))
        return
      }
      const style = styleFor(process.stdout, process.env)
      const checks = reply.checks.map(
        ({ name, ready, detail }) =>
          `${ready ? style.good('ok  ') : style.bad('BAD ')} ${name.padEnd(12)} ${printable(detail)}`,
      )
      console.log(
        [
          ...checks,
          ...reply.notes.map((note) => `note ${printable(note)}`),
          '',
          ...abstentionLines(reply.abstentions, 'nothing that concerns it has arrived since the collector started'),
        ].join('\n'),
      )
    })
}
