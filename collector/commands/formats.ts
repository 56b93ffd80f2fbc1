// `eastwest formats list|identify`: what can be read, and as what a file would be.

import { Command } from 'commander'
import { listFormats } from '../wiring/describe.ts'
import { identifyFile } from '../wiring/records/identify.ts'
import { type OutputOptions, withOutput } from './connection.ts'
import { printable, styleFor } from './output/style.ts'
import { tableText } from './output/table.ts'

export function formatsCommand(): Command {
  return new Command('formats').description('what can be read').addCommand(listCommand()).addCommand(identifyCommand())
}

function listCommand(): Command {
  return withOutput(new Command('list'))
    .description('every format')
    .action(({ output }: OutputOptions) => {
      if (output === 'json') {
        const facts = listFormats().map(({ id, title, kinds, description }) => ({ id, title, kinds, description }))
        console.log(JSON.stringify(facts, null, 2))
        return
      }
      const style = styleFor(process.stdout, process.env)
      console.log(
        listFormats()
          .map(
            ({ id, title, kinds, description }) =>
              `${style.bold(id)}  ${title} ${style.dim(`(${kinds.join(', ')})`)}\n  ${description}`,
          )
          .join('\n\n'),
      )
    })
}

function identifyCommand(): Command {
  return withOutput(new Command('identify'))
    .description('as what the lines of a file would be read; - for standard input')
    .argument('<file>', 'file, plain or gzip')
    .action(async (file: string, { output }: OutputOptions) => {
      const found = await identifyFile(file, process.stdin)
      if (output === 'json') {
        console.log(JSON.stringify(found, null, 2))
        return
      }
      console.log(
        tableText(
          ['FORMAT', 'RECORDS', 'FIRST LINE', 'WHY NOT'],
          found.map(({ format, records, firstLine, detail }) => [format, records, firstLine, printable(detail)]),
        ),
      )
    })
}
