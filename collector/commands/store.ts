// `eastwest store migrate`: the tables on a ClickHouse server.

import { Command } from 'commander'
import { readSettings } from '../wiring/settings/read-settings.ts'
import { migrateServer } from '../wiring/store/migrate-server.ts'

interface StoreOptions {
  readonly config?: string
}

export function storeCommand(): Command {
  return new Command('store').description('the tables on a ClickHouse server').addCommand(migrateCommand())
}

function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the tables to the newest schema; where they are, they stay as they are')
    .option('--config <file>', 'settings file (default: eastwest.yaml here)')
    .action(async ({ config }: StoreOptions) => {
      const { applied, number } = await migrateServer(readSettings(config).settings.store)
      const lines = applied.map(({ name }) => `applied ${name}`)
      console.log([...lines, `the tables are at schema ${number}`].join('\n'))
    })
}
