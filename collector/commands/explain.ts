// `eastwest explain ALERT`: why it fired, on what, and what would have had to be different.

import { Command } from 'commander'
import { type ConnectionOptions, clientOf, type OutputOptions, withConnection, withOutput } from './connection.ts'
import { printable, styleFor } from './output/style.ts'

export function explainCommand(): Command {
  return withOutput(withConnection(new Command('explain')))
    .description('why an alert fired: evidence as stored, window, margins, what would have had to be different')
    .argument('<alert>', 'alert id')
    .action(async (id: string, options: ConnectionOptions & OutputOptions) => {
      const reply = await clientOf(options).explain(id)
      if (options.output === 'json') {
        console.log(JSON.stringify(reply, null, 2))
        return
      }
      const style = styleFor(process.stdout, process.env)
      const stored = reply.events.map(
        (event) =>
          `  ${Object.entries(event)
            .map(
              ([name, value]) =>
                `${style.dim(name)}=${printable(typeof value === 'string' ? value : JSON.stringify(value))}`,
            )
            .join(' ')}`,
      )
      console.log(
        [...reply.text.split('\n').map(printable), '', style.bold('As stored, after scrubbing'), ...stored].join('\n'),
      )
    })
}
