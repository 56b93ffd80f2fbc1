// `eastwest edges list|accept|deny`: who calls whom, and what people decided about it.

import { Command } from 'commander'
import type { Edge } from '../../schemas/api/queries.ts'
import { type AuthorOptions, withAuthor } from './author.ts'
import { type ConnectionOptions, clientOf, type OutputOptions, withConnection, withOutput } from './connection.ts'
import { printable } from './output/style.ts'
import { tableText } from './output/table.ts'

interface ListOptions extends ConnectionOptions, OutputOptions {
  readonly caller?: string
  readonly destination?: string
  readonly state?: string
  readonly limit: string
}

export function edgesCommand(): Command {
  return new Command('edges')
    .description('who calls whom')
    .addCommand(listCommand())
    .addCommand(
      decideCommand('accept', 'a caller is known from now on; what a list of the settings denies stays an alert'),
    )
    .addCommand(decideCommand('deny', 'a caller may not call: each call that gets through is a critical alert'))
}

function listCommand(): Command {
  return withOutput(withConnection(new Command('list')))
    .description('edges by destination and caller, with what people decided')
    .option('--caller <identity>', 'only this caller')
    .option('--destination <identity>', 'only this destination')
    .option('--state <state>', 'learning, known, dormant, forgotten, quarantined or denied')
    .option('--limit <count>', 'most edges', '50')
    .action(async ({ caller, destination, state, limit, ...options }: ListOptions) => {
      const { edges, next } = await clientOf(options).edges({
        limit,
        ...(caller === undefined ? {} : { caller }),
        ...(destination === undefined ? {} : { destination }),
        ...(state === undefined ? {} : { state }),
      })
      if (options.output === 'json') console.log(JSON.stringify({ edges, next }, null, 2))
      else console.log(`${edgeTable(edges)}${next === undefined ? '' : '\nthere are more: raise --limit'}`)
    })
}

function edgeTable(edges: readonly Edge[]): string {
  if (edges.length === 0) return 'no edges'
  return tableText(
    ['STATE', 'CALLER', 'DESTINATION', 'LAST SEEN', 'DECIDED'],
    edges.map(({ state, caller, destination, lastSeenAt, decision, decidedBy, decidedAt, decisionNote }) => [
      state,
      caller,
      destination,
      lastSeenAt === '' ? 'never' : lastSeenAt,
      decision === '' ? '' : `${decision} by ${decidedBy} at ${decidedAt}: ${decisionNote}`,
    ]),
  )
}

function decideCommand(verdict: 'accept' | 'deny', description: string): Command {
  return withAuthor(withOutput(withConnection(new Command(verdict))))
    .description(description)
    .argument('<caller>', 'calling identity, as "edges list" shows it')
    .argument('<destination>', 'called identity, as "edges list" shows it')
    .action(
      async (
        caller: string,
        destination: string,
        { by, note, ...options }: AuthorOptions & ConnectionOptions & OutputOptions,
      ) => {
        const reply = await clientOf(options).decideEdge(verdict, { caller, destination, by, note })
        if (options.output === 'json') {
          console.log(JSON.stringify(reply, null, 2))
          return
        }
        const done = verdict === 'accept' ? 'accepted' : 'denied'
        console.log(`${done} at ${reply.at} by ${printable(by)}: ${printable(caller)} → ${printable(destination)}`)
        for (const warning of reply.warnings) console.log(`note: ${printable(warning)}`)
      },
    )
}
