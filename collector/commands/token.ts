// `eastwest token find -`: where a leaked token was seen. It is read from standard input, never from the call.

import type { Readable } from 'node:stream'
import { Command } from 'commander'
import {
  type ApiConnectionOptions,
  clientOfApi,
  type OutputOptions,
  withApiConnection,
  withOutput,
} from './connection.ts'
import { exitCodes } from './exit-codes.ts'
import { styleFor } from './output/style.ts'
import { tokenText } from './output/token-text.ts'
import { UsageError } from './report-failure.ts'

/** Far more than any token; the collector has the same bound. */
const mostBytes = 64 * 1024

export function tokenCommand(): Command {
  return new Command('token').description('leaked tokens').addCommand(findCommand())
}

function findCommand(): Command {
  return withOutput(withApiConnection(new Command('find')))
    .description('where a token was seen, which sessions it belongs to, and whether it is expired')
    .argument('<->', 'always -: the token comes on standard input, bare, quoted or with "Bearer"')
    .addHelpText(
      'after',
      `\nIt goes to the collector in the body of one request, is turned into references there, and is neither stored nor logged.\nExit code ${exitCodes.done}: seen; ${exitCodes.unseen}: never seen; ${exitCodes.failed}: could not be looked up; ${exitCodes.usage}: no token was given.`,
    )
    .action(async (from: string, options: ApiConnectionOptions & OutputOptions) => {
      // What was given is not repeated: it may be the token.
      if (from !== '-')
        throw new UsageError(
          'a token is never given in the call, where others can read it: "eastwest token find - < file"',
        )
      const reply = await clientOfApi(options).findToken(await readToken(process.stdin))
      if (reply.events === 0) process.exitCode = exitCodes.unseen
      console.log(
        options.output === 'json'
          ? JSON.stringify(reply, null, 2)
          : tokenText(reply, styleFor(process.stdout, process.env)),
      )
    })
}

async function readToken(input: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input) {
    const read = Buffer.from(chunk)
    bytes += read.length
    if (bytes > mostBytes) throw new UsageError(`standard input holds more than ${mostBytes} bytes: give one token`)
    chunks.push(read)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') throw new UsageError('standard input holds no token')
  return text
}
