// `eastwest alerts list|show|test-channel`.

import { Command } from 'commander'
import { type ConnectionOptions, clientOf, type OutputOptions, withConnection, withOutput } from './connection.ts'
import { exitCodes } from './exit-codes.ts'
import { alertPage, alertTable } from './output/alert-table.ts'
import { styleFor } from './output/style.ts'

interface ListOptions extends ConnectionOptions, OutputOptions {
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
    .addCommand(testChannelCommand())
}

function listCommand(): Command {
  return withOutput(withConnection(new Command('list')))
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
  return withOutput(withConnection(new Command('show')))
    .description('one alert with its evidence and runbook')
    .argument('<id>', 'alert id')
    .action(async (id: string, options: ConnectionOptions & OutputOptions) => {
      const alert = await clientOf(options).alert(id)
      console.log(
        options.output === 'json'
          ? JSON.stringify(alert, null, 2)
          : alertPage(alert, styleFor(process.stdout, process.env)),
      )
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
