// What befalls logs on their way: copies, disorder, one source that hangs, clocks that disagree.

import { hash } from 'node:crypto'
import { moveInstants } from '../../collector/exercises/shift.ts'
import type { SourceLines } from '../../collector/exercises/story-folder.ts'
import type { ArrivingLines } from '../../collector/wiring/exercises/run-lines.ts'
import { openScratchDecoder } from '../../collector/wiring/records/scratch-decoder.ts'
import { defaultSettings } from '../../collector/wiring/settings/load-settings.ts'

export interface Mutation {
  readonly name: string
  apply(sources: readonly SourceLines[]): readonly ArrivingLines[]
}

/** Less than any source's lateness. */
const disorderMs = 25_000
const lateMs = 600_000
const skewMs = 2_000

/** @param names of the sources, each of which is late once */
export function mutationsOf(names: readonly string[]): readonly Mutation[] {
  return [
    { name: '5 % copies', apply: (sources) => sources.map(withCopies) },
    {
      name: 'disorder of 25 s',
      apply: (sources) =>
        sources.map((source) => ({
          ...source,
          delayMs: (line) => Math.floor(chance(source, line, 'late') * disorderMs),
        })),
    },
    ...names.map((name) => ({
      name: '600 s late',
      apply: (sources: readonly SourceLines[]) =>
        sources.map((source) => (source.name === name ? { ...source, delayMs: () => lateMs } : source)),
    })),
    ...[0, 1].map((odd) => ({
      name: 'clocks ± 2 s',
      apply: (sources: readonly SourceLines[]) => withClocks(sources, odd),
    })),
  ]
}

/** The copies stand after all lines, so that these keep their numbers. */
function withCopies(source: SourceLines): ArrivingLines {
  const { lines } = source
  const copied = lines.flatMap((line, index) => (chance(source, index, 'copy') < 0.05 ? [{ line, index }] : []))
  return {
    ...source,
    lines: [...lines, ...copied.map(({ line }) => line)],
    delayMs: (number) => (number < lines.length ? 0 : Math.floor(chance(source, number, 'again') * disorderMs)),
  }
}

/**
 * Each source, and within it each instance that its lines name, has a clock of its own: one ahead, the next behind. Lines arrive
 * when they did; only their own stamps move, and no claim that they quote.
 */
function withClocks(sources: readonly SourceLines[], odd: number): readonly ArrivingLines[] {
  const clocks = new Map<string, number>()
  return sources.map((source) => {
    const look = openScratchDecoder(defaultSettings().decoders, 'exercise')
    const moved = source.lines.map((line) => {
      const { batch } = look(Buffer.from(line, 'latin1'), source.format, source.name, Number.MAX_SAFE_INTEGER)
      if (batch.length === 0) return { line, byMs: 0 }
      const clock = `${source.name} ${batch.columns.instance.text(0)}`
      const byMs = clocks.get(clock) ?? (clocks.size % 2 === odd ? skewMs : -skewMs)
      clocks.set(clock, byMs)
      return { line: withStamp(line, batch.columns.eventAt.value(0), byMs), byMs }
    })
    return { ...source, lines: moved.map(({ line }) => line), delayMs: (number) => -(moved[number]?.byMs ?? 0) }
  })
}

/** Moves the first instant of the line that is when it happened. */
function withStamp(line: string, happened: number, byMs: number): string {
  let isMoved = false
  return moveInstants(line, byMs, (at) => {
    const isMeant = !isMoved && Math.floor(happened / 1000) * 1000 === at
    isMoved ||= isMeant
    return isMeant
  })
}

/** In [0, 1): the same on every run. */
function chance({ name }: SourceLines, line: number, what: string): number {
  return Number.parseInt(hash('sha256', `${what} ${name} ${line}`, 'hex').slice(0, 8), 16) / 2 ** 32
}
