// The options of every command that asks a running collector.

import { type Command, Option } from 'commander'
import { type ApiClient, openApiClient } from '../wiring/client/api-client.ts'

export interface ConnectionOptions {
  readonly url: string
  readonly token?: string
}

export function withConnection(command: Command): Command {
  return command
    .option('--url <url>', 'the collector to ask', process.env.EASTWEST_URL ?? 'http://127.0.0.1:8484')
    .option('--token <token>', 'its token (or EASTWEST_TOKEN)')
}

/** For commands that are about tokens, where `--token` would be read as the one looked for. */
export function withApiConnection(command: Command): Command {
  return command
    .option('--url <url>', 'the collector to ask', process.env.EASTWEST_URL ?? 'http://127.0.0.1:8484')
    .option('--api-token <token>', 'the collector’s own token (or EASTWEST_TOKEN)')
}

export interface ApiConnectionOptions {
  readonly url: string
  readonly apiToken?: string
}

export function clientOfApi({ url, apiToken }: ApiConnectionOptions): ApiClient {
  return clientOf({ url, ...(apiToken === undefined ? {} : { token: apiToken }) })
}

export function clientOf(options: ConnectionOptions): ApiClient {
  return openApiClient({ url: options.url, token: options.token ?? process.env.EASTWEST_TOKEN })
}

/** For commands about what belongs to somebody: reality and the tenant of the collector's settings, unless told otherwise. */
export function withScope(command: Command): Command {
  return command
    .option('--realm <realm>', 'of an exercise: exercise:<run>')
    .option('--tenant <tenant>', 'another tenant than that of the settings')
}

export interface ScopeOptions {
  readonly realm?: string
  readonly tenant?: string
}

/** As parameters of the API. */
export function scopeOf({ realm, tenant }: ScopeOptions): Readonly<Record<string, string>> {
  return { ...(realm === undefined ? {} : { realm }), ...(tenant === undefined ? {} : { tenant }) }
}

/** `--output`: text for people, JSON for scripts. */
export function withOutput(command: Command): Command {
  return command.addOption(
    new Option('--output <form>', 'form of what is printed').choices(['text', 'json']).default('text'),
  )
}

export interface OutputOptions {
  readonly output: 'text' | 'json'
}
