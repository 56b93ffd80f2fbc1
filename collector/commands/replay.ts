// `eastwest replay FILE…`: what recorded logs would have raised.

import { Command, InvalidArgumentError } from 'commander'
import { compareSeverity, type Severity, severities } from '../../schemas/findings.ts'
import { canonicalAlertJson } from '../wiring/canonical.ts'
import { replayFiles } from '../wiring/replay/replay-files.ts'
import { exitCodes } from './exit-codes.ts'
import { abstentionLines } from './output/abstentions.ts'
import { alertTable } from './output/alert-table.ts'
import { openProgressBar } from './output/progress-bar.ts'
import { styleFor } from './output/style.ts'

interface ReplayOptions {
  readonly settings?: string
  readonly data?: string
  readonly format: string
  readonly decisions?: readonly string[]
  readonly json?: true
  readonly failOn?: Severity
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('judge recorded files, plain or gzip, formats mixed, merged by event time; - for standard input')
    .argument('<file...>', 'files')
    .option('--settings <file>', 'settings file (default: eastwest.yaml here)')
    .option(
      '--data <folder>',
      'data folder whose key is used, so that references are those of the deployment (default: ./data where there is one)',
    )
    .option('--format <id>', 'decoder, or auto', 'auto')
    .option('--decisions <file...>', 'files that hold what people decided, as "eastwest decisions export" prints it')
    .option('--json', 'one alert a line, in canonical form')
    .option(
      '--fail-on <severity>',
      `exit ${exitCodes.alerts} when an alert of at least this severity stands`,
      severityOf,
    )
    .action(async (files: string[], options: ReplayOptions) => {
      const style = styleFor(process.stdout, process.env)
      const bar = openProgressBar(process.stderr)
      const result = await replayFiles({ files, ...options, onProgress: (progress) => bar.show(progress) }).finally(
        () => bar.close(),
      )
      if (options.json === true) for (const alert of result.alerts) console.log(canonicalAlertJson(alert))
      else {
        console.log(alertTable(result.alerts, style))
        const quarantined = [...result.quarantined].map(([reason, count]) => `${count} ${reason}`).join(', ')
        console.log(
          `\n${result.records} records, ${result.events} events${quarantined === '' ? '' : `, in quarantine: ${quarantined}`}`,
        )
        for (const line of [
          ...abstentionLines(result.abstentions, 'nothing in the files concerns it'),
          ...result.learning,
        ])
          console.log(line)
      }
      const { failOn } = options
      if (failOn !== undefined && result.alerts.some(({ severity }) => compareSeverity(severity, failOn) >= 0))
        process.exitCode = exitCodes.alerts
    })
}

function severityOf(text: string): Severity {
  const severity = severities.find((known) => known === text)
  if (severity === undefined) throw new InvalidArgumentError(`a severity is one of ${severities.join(', ')}.`)
  return severity
}
