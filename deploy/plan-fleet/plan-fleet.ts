// `npm run plan-fleet`: what a rate needs, printed as tables.

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'
import { ownFigures, ownPrices, parseFigures, pricesSchema, valuesOf } from './figures.ts'
import { planFleet } from './plan.ts'
import { ceilingsTable, firstToBreak, needsTable } from './plan-table.ts'
import { type Wish, wishSchema } from './wish.ts'

interface Options {
  readonly prices?: string
  readonly figures?: string
}

const command = new Command('npm run plan-fleet --')
  .description('from events per second to partitions, processes, shards, memory, disks and cost')
  .option('--prices <file>', 'other prices, as in deploy/plan-fleet/prices.json')
  .option('--figures <file>', 'other figures, as in deploy/plan-fleet/figures.json')
for (const [name, { description = '' }] of Object.entries(wishSchema.shape))
  command.option(`--${dashed(name)} <number>`, description)
command.action((options: Options) => {
  const { prices: pricesFile, figures: figuresFile, ...asked } = options
  const wish = read(() => wishSchema.parse(asked))
  const prices = pricesFile === undefined ? ownPrices : read(() => pricesSchema.parse(json(pricesFile)))
  const figures = figuresFile === undefined ? ownFigures : read(() => parseFigures(json(figuresFile)))
  console.log(report(wish, planFleet(wish, valuesOf(figures), prices), prices.currency))
})
command.parse()

function report(wish: Wish, plan: ReturnType<typeof planFleet>, currency: string): string {
  const asked = Object.entries(wish).map(([name, value]) => `${dashed(name)} ${value}`)
  const breaks = firstToBreak(plan).map((line) => `- ${line}`)
  return [
    asked.join(', '),
    needsTable([plan], currency),
    'What breaks first:',
    breaks.join('\n'),
    'Of limits that no further machine mends, this much is used:',
    ceilingsTable([plan]),
  ].join('\n\n')
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Whatever is wrong with what was given is told without a stack. */
function read<Result>(parse: () => Result): Result {
  try {
    return parse()
  } catch (cause) {
    const said = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    console.error(`plan-fleet: ${said}`)
    process.exit(2)
  }
}
