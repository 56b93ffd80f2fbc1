// What a plan is computed from: figures, each measured somewhere or assumed for a reason, and prices.

import { createRequire } from 'node:module'
import { z } from 'zod'

const measured = z.strictObject({ value: z.number().positive(), unit: z.string(), measured: z.string() })
const assumed = z.strictObject({ value: z.number().positive(), unit: z.string(), assumed: z.string() })
const figure = z.union([measured, assumed])

export type Figure = z.infer<typeof figure>

const names = [
  'receiveMicroseconds',
  'normalizeMicroseconds',
  'detectMicroseconds',
  'runtimeShare',
  'storeMicroseconds',
  'storedBytes',
  'stateBytes',
  'processMebibytes',
  'oneMachineEvents',
  'frameEncodeMicroseconds',
  'frameDecodeMicroseconds',
  'frameBytes',
  'alertsPerMillion',
  'deliverMicroseconds',
  'brokerBytes',
  'partitionBytes',
  'brokerPartitions',
  'shardInserts',
] as const

export type FigureName = (typeof names)[number]
export type FigureList = Readonly<Record<FigureName, Figure>>
/** Their values alone. */
export type Figures = Readonly<Record<FigureName, number>>

const figureListSchema = z.record(z.enum(names), figure)

export const pricesSchema = z.strictObject({
  source: z.string().describe('Whose prices these are.'),
  asOf: z.string().describe('When they were read.'),
  currency: z.string().describe('What they are in.'),
  vcpuHour: z.number().min(0).describe('One virtual processor for an hour.'),
  gibibyteHour: z.number().min(0).describe('One GiB of memory for an hour.'),
  diskGigabyteMonth: z.number().min(0).describe('One GB of disk for a month.'),
  zoneGigabyte: z.number().min(0).describe('One GB from a zone to another.'),
})

export type Prices = z.infer<typeof pricesSchema>

/** @throws ZodError that says what is wrong with the list */
export function parseFigures(found: unknown): FigureList {
  return figureListSchema.parse(found)
}

export function valuesOf(list: FigureList): Figures {
  // Every name is in the list: the schema asks for all of them.
  return Object.fromEntries(Object.entries(list).map(([name, { value }]) => [name, value])) as Figures
}

// These lead to the files from the sources and from the compiled output alike.
const require = createRequire(import.meta.url)
export const ownFigures = parseFigures(require('#fleet-figures'))
export const ownPrices = pricesSchema.parse(require('#fleet-prices'))
