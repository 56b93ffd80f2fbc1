// `eastwest alerts list|show|close|test-channel`.

import { Command, Option } from 'commander'
import { type ClosedAs, closedAs } from '../../schemas/decision.ts'
import { type AuthorOptions, withAuthor } from './author.ts'
import {
  type ConnectionOptions,
  clientOf,
  type OutputOptions,
  type ScopeOptions,
  scopeOf,
  withConnection,
  withOutput,
  withScope,
} from './connection.ts'
import { exitCodes } from './exit-codes.ts'
import { alertPage, alertTable } from './output/alert-table.ts'
import { styleFor } from './output/style.ts'

interface ListOptions extends ConnectionOptions, OutputOptions, ScopeOptions {
  readonly status: string
  readonly severity: string
  readonly detector?: string
  readonly entity?: string
  readonly limit: string
}

export function alertsCommand(): Command {
  return new Command('alerts')
    .description('what was found')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(closeCommand())
    .addCommand(testChannelCommand())
}

function listCommand(): Command {
  return withOutput(withScope(withConnection(new Command('list'))))
    .description('alerts, newest first')
    .option('--status <status>', 'open, withdrawn, closed or any', 'any')
    .option('--severity <severity>', 'least severity', 'low')
    .option('--detector <id>', 'only this detector')
    .option('--entity <key>', 'only this entity')
    .option('--limit <count>', 'most alerts', '50')
    .action(async ({ status, severity, detector, entity, limit, ...options }: ListOptions) => {
      const query = {
        status,
        severity,
        limit,
        ...scopeOf(options),
        ...(detector === undefined ? {} : { detector }),
        ...(entity === undefined ? {} : { entity }),
      }
      const { alerts, next } = await clientOf(options).alerts(query)
      if (options.output === 'json') console.log(JSON.stringify({ alerts, next }, null, 2))
      else
        console.log(
          `${alertTable(alerts, styleFor(process.stdout, process.env))}${next === undefined ? '' : '\nthere are more: raise --limit'}`,
        )
    })
}

function showCommand(): Command {
  return withOutput(withScope(withConnection(new Command('show'))))
    .description('one alert with its evidence and runbook')
    .argument('<id>', 'alert id')
    .action(async (id: string, options: ConnectionOptions & OutputOptions & ScopeOptions) => {
      const alert = await clientOf(options).alert(id, scopeOf(options))
      console.log(
        options.output === 'json'
          ? JSON.stringify(alert, null, 2)
          : alertPage(alert, styleFor(process.stdout, process.env)),
      )
    })
}

interface CloseOptions extends ConnectionOptions, OutputOptions, AuthorOptions, ScopeOptions {
  readonly as: ClosedAs
}

function closeCommand(): Command {
  return withAuthor(withOutput(withScope(withConnection(new Command('close')))))
    .description(
      'close an alert and say what it was; its channels are told, and the first finding after that reopens it',
    )
    .argument('<id>', 'alert id')
    .addOption(
      new Option('--as <word>', 'an attack (true), none (benign), or known to come (expected)')
        .choices(closedAs)
        .makeOptionMandatory(),
    )
    .action(async (id: string, { as, by, note, ...options }: CloseOptions) => {
      const { alert, applied } = await clientOf(options).closeAlert(id, { as, by, note }, scopeOf(options))
      if (options.output === 'json') console.log(JSON.stringify({ alert, applied }, null, 2))
      else if (applied) console.log(alertPage(alert, styleFor(process.stdout, process.env)))
      else console.log('decided: the alert closes as soon as judging has caught up')
    })
}

function testChannelCommand(): Command {
  return withConnection(new Command('test-channel'))
    .description('send a test message to a channel and say what became of it')
    .argument('<name>', 'channel of the settings')
    .action(async (name: string, options: ConnectionOptions) => {
      const { delivered, detail } = await clientOf(options).testChannel(name)
      console.log(`${name}: ${detail}`)
      if (!delivered) process.exitCode = exitCodes.failed
    })
}
