// `eastwest timeline`: what all sources tell of one user, session, token, trace or request, in order of time.

import { Command } from 'commander'
import { type Followed, followed } from '../../schemas/api/asking.ts'
import {
  type ApiConnectionOptions,
  clientOfApi,
  type OutputOptions,
  withApiConnection,
  withOutput,
} from './connection.ts'
import { exitCodes } from './exit-codes.ts'
import { styleFor } from './output/style.ts'
import { timelineText } from './output/timeline-text.ts'
import { UsageError } from './report-failure.ts'

type Asked = { readonly [Name in Exclude<Followed, 'user'>]?: string } & { readonly user?: readonly string[] }

interface TimelineOptions extends ApiConnectionOptions, OutputOptions, Asked {
  readonly from?: string
  readonly to?: string
  readonly limit: string
  readonly expand: boolean
}

export function timelineCommand(): Command {
  const command = new Command('timeline')
    .description('what all sources tell of one user, session, token, trace or request, in order of time')
    .option('--user <names...>', 'subject or actor, in every spelling that sources have for them')
    .option('--session <id>', 'session, as its issuer names it')
    .option('--token <reference>', 'reference of a token, its hash, or the issuer’s id of it; never the token itself')
    .option('--trace <id>', 'trace')
    .option('--request <id>', 'request')
    .option('--from <instant>', 'happened at or after')
    .option('--to <instant>', 'happened before')
    .option('--limit <count>', 'most events; the newest stay', '500')
    .option('--no-expand', 'only what holds the value itself: follow no session, token, trace or request')
  return withOutput(withApiConnection(command)).action(async (options: TimelineOptions) => {
    const asked = followed.filter((name) => options[name] !== undefined)
    const [by] = asked
    const value = by === undefined ? undefined : options[by]
    if (value === undefined || asked.length > 1)
      throw new UsageError(`give exactly one of ${followed.map((name) => `--${name}`).join(', ')}`)
    const reply = await clientOfApi(options).timeline({
      [by ?? '']: value,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.to === undefined ? {} : { to: options.to }),
      limit: options.limit,
      expand: String(options.expand),
    })
    if (reply.entries.length === 0) process.exitCode = exitCodes.unseen
    console.log(
      options.output === 'json'
        ? JSON.stringify(reply, null, 2)
        : timelineText(reply, styleFor(process.stdout, process.env)),
    )
  })
}
