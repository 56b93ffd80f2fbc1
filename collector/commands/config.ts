// `eastwest config check|print|schema|reload`.

import { Command } from 'commander'
import { stringify } from 'yaml'
import { osUser } from '../wiring/client/os-user.ts'
import { settingsJsonSchema } from '../wiring/settings/load-settings.ts'
import { maskSecrets } from '../wiring/settings/mask-secrets.ts'
import { readSettings } from '../wiring/settings/read-settings.ts'
import type { AuthorOptions } from './author.ts'
import { type ConnectionOptions, clientOf, type OutputOptions, withConnection, withOutput } from './connection.ts'
import { printable } from './output/style.ts'

interface ConfigOptions {
  readonly config?: string
}

export function configCommand(): Command {
  return new Command('config')
    .description('the settings')
    .addCommand(checkCommand())
    .addCommand(printCommand())
    .addCommand(schemaCommand())
    .addCommand(reloadCommand())
}

function checkCommand(): Command {
  return new Command('check')
    .description('say everything that is wrong with a settings file')
    .option('--config <file>', 'settings file (default: eastwest.yaml here)')
    .action(({ config }: ConfigOptions) => {
      const { file } = readSettings(config)
      console.log(file === undefined ? 'no settings file here: defaults hold' : `"${file}" is fine`)
    })
}

function printCommand(): Command {
  return new Command('print')
    .description('the settings in force, defaults filled in, secrets masked')
    .option('--config <file>', 'settings file (default: eastwest.yaml here)')
    .action(({ config }: ConfigOptions) => {
      process.stdout.write(stringify(maskSecrets(readSettings(config).settings)))
    })
}

function schemaCommand(): Command {
  return new Command('schema').description('JSON Schema of the settings file, for editors').action(() => {
    console.log(JSON.stringify(settingsJsonSchema(), null, 2))
  })
}

function reloadCommand(): Command {
  return withOutput(withConnection(new Command('reload')))
    .description('let a running collector read its settings again: all of them valid, or nothing changes')
    .option('--note <text>', 'why; kept with the change', 'settings read again')
    .option('--by <name>', 'who decides (default: the user of this shell)', osUser())
    .action(async ({ by, note, ...options }: ConnectionOptions & OutputOptions & AuthorOptions) => {
      const { applied, waiting } = await clientOf(options).reload({ by, note })
      if (options.output === 'json') {
        console.log(JSON.stringify({ applied, waiting }, null, 2))
        return
      }
      if (applied.length + waiting.length === 0) console.log('nothing changed')
      if (applied.length > 0) console.log(`in force now: ${applied.map(printable).join(', ')}`)
      if (waiting.length > 0) console.log(`in force after a restart: ${waiting.map(printable).join(', ')}`)
    })
}
