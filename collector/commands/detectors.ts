// `eastwest detectors list|show`: what is looked for, and how each detector can be tuned.

import { Command } from 'commander'
import { describeSettings, findDetector, listDetectors } from '../wiring/describe.ts'
import { type OutputOptions, withOutput } from './connection.ts'
import { styleFor } from './output/style.ts'
import { tableText } from './output/table.ts'
import { UsageError } from './report-failure.ts'

export function detectorsCommand(): Command {
  return new Command('detectors').description('what is looked for').addCommand(listCommand()).addCommand(showCommand())
}

function listCommand(): Command {
  return withOutput(new Command('list'))
    .description('every detector')
    .action(({ output }: OutputOptions) => {
      const detectors = listDetectors()
      if (output === 'json') {
        console.log(JSON.stringify(detectors.map(factsOf), null, 2))
        return
      }
      console.log(
        tableText(
          ['ID', 'VERSION', 'ATT&CK', 'DETECTS'],
          detectors.map(({ id, version, card }) => [
            id,
            version,
            card.attack.map(({ technique }) => technique).join(' '),
            card.detects,
          ]),
        ),
      )
    })
}

function factsOf({ id, version, card }: ReturnType<typeof listDetectors>[number]) {
  return { id, version, ...card }
}

function showCommand(): Command {
  return withOutput(new Command('show'))
    .description('the card and the settings of one detector')
    .argument('<id>', 'detector id')
    .action((id: string, { output }: OutputOptions) => {
      const detector = findDetector(id)
      if (detector === undefined) throw new UsageError(`no detector is called "${id}": see "eastwest detectors list"`)
      if (output === 'json') {
        console.log(JSON.stringify({ ...factsOf(detector), settings: describeSettings(detector.settings) }, null, 2))
        return
      }
      const { card } = detector
      const style = styleFor(process.stdout, process.env)
      const list = (title: string, lines: readonly string[]): readonly string[] =>
        lines.length === 0 ? [] : ['', style.bold(title), ...lines.map((line) => `  ${line}`)]
      const lines = [
        style.bold(card.title),
        card.detects,
        ...list(
          'ATT&CK',
          card.attack.map(({ technique, name, tactic }) => `${technique} ${name} (${tactic})`),
        ),
        ...list('OWASP API', card.owaspApi),
        ...list('False positives', card.falsePositives),
        ...list('Cannot see', card.blindSpots),
        ...list(
          'Runbook',
          card.runbook.map((step, at) => `${at + 1}. ${step}`),
        ),
        ...list('References', card.references),
        '',
        style.bold(`Settings (detectors.${id}.…)`),
        tableText(
          ['NAME', 'DEFAULT', 'MEANING'],
          describeSettings(detector.settings).map((setting) => [setting.name, setting.default, setting.description]),
        ),
      ]
      console.log(lines.join('\n'))
    })
}
