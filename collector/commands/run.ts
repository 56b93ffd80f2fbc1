// `eastwest run`: the collector, with a start screen that says where to send and what to try.

import { Command, InvalidArgumentError } from 'commander'
import { roles, rolesOf } from '../wiring/roles/role.ts'
import { runFleetProcess } from '../wiring/roles/run-fleet-process.ts'
import { runCollector } from '../wiring/run/run.ts'
import { readSettings } from '../wiring/settings/read-settings.ts'
import type { Settings } from '../wiring/settings/settings.ts'
import { abstentionLine } from './output/abstentions.ts'
import { alertLine } from './output/alert-table.ts'
import { roleScreen } from './output/role-screen.ts'
import { doctorHint, startScreen } from './output/start-screen.ts'
import { styleFor } from './output/style.ts'

interface RunOptions {
  readonly data: string
  readonly port?: number
  readonly otlpPort?: number
  readonly otlpGrpcPort?: number
  readonly storePort?: number
  readonly config?: string
  readonly roles?: string
}

export function runCommand(): Command {
  return new Command('run')
    .description('run the collector: receive, judge, store and tell')
    .option('--data <folder>', 'where log, store and keys are kept', './data')
    .option('--port <port>', 'port for records and API (default: 8484)', portOf)
    .option('--otlp-port <port>', 'further port for OTLP/HTTP, 0 for none (default: 4318)', portOf)
    .option('--otlp-grpc-port <port>', 'port for OTLP/gRPC, 0 for none (default: 4317)', portOf)
    .option('--store-port <port>', 'port of the ClickHouse interface (default: 18123)', portOf)
    .option('--config <file>', 'settings file (default: eastwest.yaml here)')
    .option('--roles <roles>', `share the work over Kafka with other processes: some of ${roles.join(',')}`)
    .action(async (options: RunOptions) => {
      const { data, config } = options
      const { settings: found, file } = readSettings(config)
      const settings = withPorts(found, options)
      const again = (): Settings => withPorts(readSettings(config).settings, options)
      const style = styleFor(process.stdout, process.env)
      const onStopping = (): void =>
        console.log(style.dim('stopping: what was received is stored first (press again to stop at once)'))
      if (options.roles !== undefined) {
        const asked = rolesOf(options.roles)
        await runFleetProcess({
          settings,
          roles: asked,
          dataPath: data,
          onStarted: ({ port }) => console.log(roleScreen(asked, settings.receivers.http.host, port, style)),
          onStopping,
        })
        return
      }
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
        onStopping,
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

function withPorts(settings: Settings, { port, otlpPort, otlpGrpcPort, storePort }: RunOptions): Settings {
  const { receivers, store } = settings
  const { http, otlp } = receivers
  return {
    ...settings,
    receivers: {
      ...receivers,
      http: { ...http, port: port ?? http.port },
      otlp: { ...otlp, port: otlpPort ?? otlp.port, grpcPort: otlpGrpcPort ?? otlp.grpcPort },
    },
    store: { ...store, port: storePort ?? store.port },
  }
}
