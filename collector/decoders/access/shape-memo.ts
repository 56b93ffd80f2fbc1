// Remembers what values that come together again and again make of a row, so that a row like one before is a copy of codes.

import { dictionaryGeneration } from '../../../schemas/events/dictionary.ts'
import { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import type { AnyColumn, EventBatch } from '../../../schemas/events/event-batch.ts'
import { type KnownCells, KnownRows } from '../../../schemas/events/known-rows.ts'
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

/** Columns that shapes set together, by their places in declared order. */
interface ColumnSet {
  readonly places: readonly number[]
  batch: EventBatch | undefined
  rows: KnownRows | undefined
}

interface Template<Facts> {
  readonly facts: Facts
  readonly set: ColumnSet
  /** A text or a number for each column of the set. */
  readonly values: readonly (string | number)[]
  readonly keptFields: readonly number[]
  // For the batch that was written last.
  batch: EventBatch | undefined
  generation: number
  cells: KnownCells
}

export class ShapeMemo<Facts> {
  private readonly kernel: ScanKernel
  private readonly writer: ShapeWriter<Facts>
  private templates: Template<Facts>[] = []
  private readonly sets = new Map<string, ColumnSet>()
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
      rowsOf(template.set, row).note(template.cells)
      const { keptFields } = template
      for (let at = 0; at < keptFields.length; at++) entry.keep(keptFields[at] as number) // below the length
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
    const { keptCount } = entry
    const facts = this.writer.write(entry, row, context)
    const { kind } = this.writer
    let number = this.kernel.rememberShape(kind)
    if (number < 0) {
      this.kernel.forgetShapes(kind)
      this.templates = []
      this.sets.clear()
      number = this.kernel.rememberShape(kind)
    }
    if (number >= 0) this.templates[number] = this.templateOf(facts, lengths, row, entry.keptSince(keptCount))
    return facts
  }

  private templateOf(
    facts: Facts,
    lengths: readonly number[],
    row: EventBatch,
    keptFields: readonly number[],
  ): Template<Facts> {
    const places = lengths.flatMap((length, place) => (row.ordered[place]?.length === length ? [] : [place]))
    const values = places.map((place) => valueIn(row.ordered[place], row.row))
    return { facts, set: this.setOf(places), values, keptFields, batch: undefined, generation: 0, cells: [] }
  }

  private setOf(places: readonly number[]): ColumnSet {
    const key = places.join()
    let set = this.sets.get(key)
    if (set === undefined) {
      set = { places, batch: undefined, rows: undefined }
      this.sets.set(key, set)
    }
    return set
  }
}

function valueIn(column: AnyColumn | undefined, row: number): string | number {
  if (column instanceof DictionaryColumn) return column.text(row)
  if (column instanceof NumberColumn) return column.value(row)
  throw new Error('a shape set a column of free text')
}

function resolve<Facts>(template: Template<Facts>, batch: EventBatch): void {
  const { set, values } = template
  template.cells = set.places.map((place, at) => {
    const column = batch.ordered[place]
    const value = values[at] as string | number // a value for each
    return typeof value === 'number' ? value : (column as DictionaryColumn).dictionary.codeOf(value) // as it was when it was learned
  })
  template.batch = batch
  template.generation = dictionaryGeneration()
}

function rowsOf(set: ColumnSet, batch: EventBatch): KnownRows {
  if (set.rows !== undefined && set.batch === batch) return set.rows
  const columns = set.places.map((place) => batch.ordered[place] as DictionaryColumn | NumberColumn) // as when it was learned
  set.batch = batch
  set.rows = new KnownRows(batch, columns)
  return set.rows
}
