// Remembers what values that come together again and again make of a row, so that a row like one before is a copy of codes.

import { dictionaryGeneration } from '../../../schemas/events/dictionary.ts'
import { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { NumberColumn } from '../../../schemas/events/number-column.ts'
import type { DecodeContext } from '../decoder.ts'
import type { AccessEntry } from './entry.ts'
import type { ScanKernel, ShapeKind } from './kernel/kernel.ts'

/** Shapes that were seen once, by their hash; a power of two. */
const glimpses = 4096

/**
 * Sets columns by the fields of one shape alone: by their values, and by which other fields are there. It sets no text
 * columns, and what it says holds for every entry of the shape.
 */
export interface ShapeWriter<Facts> {
  readonly kind: ShapeKind
  write(entry: AccessEntry, row: EventBatch, context: DecodeContext): Facts
}

interface Template<Facts> {
  readonly facts: Facts
  /** Places of the columns that were set, in declared order, with their texts or numbers. */
  readonly places: readonly number[]
  readonly texts: readonly string[]
  readonly numberPlaces: readonly number[]
  readonly numbers: readonly number[]
  readonly keptFields: readonly number[]
  // The same for the batch that was written last.
  batch: EventBatch | undefined
  generation: number
  columns: readonly DictionaryColumn[]
  codes: readonly number[]
  numberColumns: readonly NumberColumn[]
}

export class ShapeMemo<Facts> {
  private readonly kernel: ScanKernel
  private readonly writer: ShapeWriter<Facts>
  private templates: Template<Facts>[] = []
  private readonly glimpsed = new Int32Array(glimpses)

  constructor(kernel: ScanKernel, writer: ShapeWriter<Facts>) {
    this.kernel = kernel
    this.writer = writer
  }

  /** As the writer would, for the entry that the kernel has scanned last. */
  write(entry: AccessEntry, row: EventBatch, context: DecodeContext): Facts {
    const { kind } = this.writer
    const template = this.templates[this.kernel.shape(kind)]
    if (template !== undefined) {
      if (template.batch !== row || template.generation !== dictionaryGeneration()) resolve(template, row)
      apply(template, entry, row.row)
      return template.facts
    }
    const hash = this.kernel.shapeHash(kind)
    const glimpse = hash & (glimpses - 1)
    if (this.glimpsed[glimpse] === hash) return this.learn(entry, row, context)
    this.glimpsed[glimpse] = hash // one that never comes again is not worth its room
    return this.writer.write(entry, row, context)
  }

  private learn(entry: AccessEntry, row: EventBatch, context: DecodeContext): Facts {
    const lengths = row.ordered.map(({ length }) => length)
    const keptBefore = entry.keptFields.length
    const facts = this.writer.write(entry, row, context)
    const { kind } = this.writer
    let number = this.kernel.rememberShape(kind)
    if (number < 0) {
      this.kernel.forgetShapes(kind)
      this.templates = []
      number = this.kernel.rememberShape(kind)
    }
    if (number >= 0) this.templates[number] = templateOf(facts, lengths, row, entry.keptFields.slice(keptBefore))
    return facts
  }
}

function templateOf<Facts>(
  facts: Facts,
  lengths: readonly number[],
  row: EventBatch,
  keptFields: readonly number[],
): Template<Facts> {
  const set = row.ordered.flatMap((column, place) => (column.length === lengths[place] ? [] : [{ column, place }]))
  const dictionaries = set.filter(({ column }) => column instanceof DictionaryColumn)
  const numbers = set.filter(({ column }) => column instanceof NumberColumn)
  if (dictionaries.length + numbers.length < set.length) throw new Error('a shape set a column of free text')
  return {
    facts,
    places: dictionaries.map(({ place }) => place),
    texts: dictionaries.map(({ column }) => (column as DictionaryColumn).text(row.row)), // filtered above
    numberPlaces: numbers.map(({ place }) => place),
    numbers: numbers.map(({ column }) => (column as NumberColumn).value(row.row)), // filtered above
    keptFields,
    batch: undefined,
    generation: 0,
    columns: [],
    codes: [],
    numberColumns: [],
  }
}

function resolve<Facts>(template: Template<Facts>, batch: EventBatch): void {
  const { places, texts, numberPlaces } = template
  template.columns = places.map((place) => batch.ordered[place] as DictionaryColumn) // as it was when it was learned
  template.codes = template.columns.map(({ dictionary }, at) => dictionary.codeOf(texts[at] as string)) // a text for each
  template.numberColumns = numberPlaces.map((place) => batch.ordered[place] as NumberColumn) // as above
  template.batch = batch
  template.generation = dictionaryGeneration()
}

function apply<Facts>(template: Template<Facts>, entry: AccessEntry, row: number): void {
  const { columns, codes, numberColumns, numbers, keptFields } = template
  for (let at = 0; at < columns.length; at++) (columns[at] as DictionaryColumn).setCode(row, codes[at] as number) // a code for each
  for (let at = 0; at < numberColumns.length; at++) (numberColumns[at] as NumberColumn).set(row, numbers[at] as number) // a number for each
  for (let at = 0; at < keptFields.length; at++) entry.keep(keptFields[at] as number) // below the length
}
