// `eastwest run`: the collector, with a start screen that says where to send and what to try.

import { Command, InvalidArgumentError } from 'commander'
import { runCollector } from '../wiring/run/run.ts'
import { readSettings } from '../wiring/settings/read-settings.ts'
import type { Settings } from '../wiring/settings/settings.ts'
import { abstentionLine } from './output/abstentions.ts'
import { alertLine } from './output/alert-table.ts'
import { doctorHint, startScreen } from './output/start-screen.ts'
import { styleFor } from './output/style.ts'

interface RunOptions {
  readonly data: string
  readonly port?: number
  readonly storePort?: number
  readonly config?: string
}

export function runCommand(): Command {
  return new Command('run')
    .description('run the collector: receive, judge, store and tell')
    .option('--data <folder>', 'where log, store and keys are kept', './data')
    .option('--port <port>', 'port for records and API (default: 8484)', portOf)
    .option('--store-port <port>', 'port of the ClickHouse interface (default: 18123)', portOf)
    .option('--config <file>', 'settings file (default: eastwest.yaml here)')
    .action(async ({ data, port, storePort, config }: RunOptions) => {
      const { settings: found, file } = readSettings(config)
      const settings = withPorts(found, port, storePort)
      const again = (): Settings => withPorts(readSettings(config).settings, port, storePort)
      const style = styleFor(process.stdout, process.env)
      let doctor = ''
      await runCollector({
        settings,
        readSettings: again,
        dataPath: data,
        onStarted: (collector) => {
          doctor = doctorHint(collector.port)
          console.log(startScreen({ collector, settings, data, file }, style))
        },
        onAlert: (alert) => console.log(alertLine(alert, style)),
        onAbstention: (abstention) =>
          console.log(`${abstentionLine(abstention)} ${style.dim(`(${doctor} says what to add)`)}`),
        onStopping: () =>
          console.log(style.dim('stopping: what was received is stored first (press again to stop at once)')),
      })
    })
}

/** A port number, or a complaint that commander prints. */
function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.')
  return port
}

function withPorts(settings: Settings, port: number | undefined, storePort: number | undefined): Settings {
  const { receivers, store } = settings
  return {
    ...settings,
    receivers: { ...receivers, http: { ...receivers.http, port: port ?? receivers.http.port } },
    store: { ...store, port: storePort ?? store.port },
  }
}
