// `eastwest explain`: why an alert fired, or why an event, a request or a trace raised none.

import { Command } from 'commander'
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
import { printable, styleFor } from './output/style.ts'
import { UsageError } from './report-failure.ts'

interface ExplainOptions extends ConnectionOptions, OutputOptions, ScopeOptions {
  readonly whyNot?: true
  readonly event?: string
  readonly request?: string
  readonly trace?: string
  readonly detector?: string
}

export function explainCommand(): Command {
  return withOutput(withScope(withConnection(new Command('explain'))))
    .description(
      'why an alert fired: evidence as stored, window, margins, what would have had to be different; or why none did',
    )
    .argument('[alert]', 'alert id')
    .option('--why-not', 'what each detector made of events, and what kept it from raising more')
    .option('--event <id>', 'with --why-not: this event')
    .option('--request <id>', 'with --why-not: events of this request')
    .option('--trace <id>', 'with --why-not: events of this trace')
    .option('--detector <id>', 'with --why-not: only this detector')
    .action((alert: string | undefined, options: ExplainOptions) =>
      options.whyNot === true ? explainSilence(alert, options) : explainAlert(alert, options),
    )
}

async function explainAlert(id: string | undefined, options: ExplainOptions): Promise<void> {
  if (id === undefined) throw new UsageError('name an alert, or ask --why-not of an --event, --request or --trace')
  const reply = await clientOf(options).explain(id, scopeOf(options))
  if (options.output === 'json') {
    console.log(JSON.stringify(reply, null, 2))
    return
  }
  const style = styleFor(process.stdout, process.env)
  const stored = reply.events.map(
    (event) =>
      `  ${Object.entries(event)
        .map(
          ([name, value]) =>
            `${style.dim(name)}=${printable(typeof value === 'string' ? value : JSON.stringify(value))}`,
        )
        .join(' ')}`,
  )
  console.log(
    [...reply.text.split('\n').map(printable), '', style.bold('As stored, after scrubbing'), ...stored].join('\n'),
  )
}

async function explainSilence(alert: string | undefined, options: ExplainOptions): Promise<void> {
  const { event, request, trace, detector } = options
  const asked = Object.entries({ event, request, trace }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  if (alert !== undefined || asked.length !== 1)
    throw new UsageError('with --why-not, give exactly one of --event, --request, --trace, and no alert')
  const reply = await clientOf(options).whyNot({
    ...scopeOf(options),
    ...Object.fromEntries(asked),
    ...(detector === undefined ? {} : { detector }),
  })
  console.log(
    options.output === 'json' ? JSON.stringify(reply, null, 2) : reply.text.split('\n').map(printable).join('\n'),
  )
}
