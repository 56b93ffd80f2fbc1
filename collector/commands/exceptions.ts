// `eastwest exceptions list`: what the exceptions of the settings ate.

import { Command } from 'commander'
import { type ConnectionOptions, clientOf, type OutputOptions, withConnection, withOutput } from './connection.ts'
import { tableText } from './output/table.ts'

export function exceptionsCommand(): Command {
  return new Command('exceptions').description('findings that raise no alert').addCommand(listCommand())
}

function listCommand(): Command {
  return withOutput(withConnection(new Command('list')))
    .description('every exception with what it ate since the collector started; expired ones eat nothing more')
    .action(async (options: ConnectionOptions & OutputOptions) => {
      const { exceptions } = await clientOf(options).exceptions()
      if (options.output === 'json') {
        console.log(JSON.stringify({ exceptions }, null, 2))
        return
      }
      if (exceptions.length === 0) {
        console.log('no exceptions')
        return
      }
      const head = ['DETECTOR', 'RULE', 'ENTITY', 'EXPIRES', 'ATE', 'LAST', 'AUTHOR', 'REASON']
      console.log(
        tableText(
          head,
          exceptions.map(({ detector, rule, entity, expires, expired, ate, lastAteAt, author, reason }) => [
            detector,
            rule,
            entity,
            expired ? `${expires} (expired)` : expires,
            ate,
            lastAteAt,
            author,
            reason,
          ]),
        ),
      )
    })
}
