// `eastwest config check|print|schema`.

import { Command } from 'commander'
import { stringify } from 'yaml'
import { settingsJsonSchema } from '../wiring/settings/load-settings.ts'
import { maskSecrets } from '../wiring/settings/mask-secrets.ts'
import { readSettings } from '../wiring/settings/read-settings.ts'

interface ConfigOptions {
  readonly config?: string
}

export function configCommand(): Command {
  return new Command('config')
    .description('the settings')
    .addCommand(checkCommand())
    .addCommand(printCommand())
    .addCommand(schemaCommand())
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
