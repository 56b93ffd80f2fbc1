// `eastwest decisions export`: what people decided, as the log keeps it, for `replay --decisions`.

import { Command } from 'commander'
import { decisionFormat, decisionLine, decisionOf } from '../../schemas/decision.ts'
import { type ConnectionOptions, clientOf, withConnection } from './connection.ts'

export function decisionsCommand(): Command {
  return new Command('decisions').description('what people decided').addCommand(exportCommand())
}

const pageSize = '1000'

function exportCommand(): Command {
  return withConnection(new Command('export'))
    .description('alerts closed, edges accepted and denied, one JSON object a line, oldest first')
    .action(async (options: ConnectionOptions) => {
      const client = clientOf(options)
      const lines: string[] = []
      for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
        const query = { format: decisionFormat, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) }
        const { events, next } = await client.events(query)
        lines.push(...events.flatMap((event) => decisionOf(event) ?? []).map(decisionLine))
        cursor = next
      }
      for (const line of lines.reverse()) console.log(line)
    })
}
