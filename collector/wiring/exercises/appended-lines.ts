// Which line of a run stands at which offset of the log, so that an offset says how far the story was told by then.

import type { PlannedLine } from './run-plan.ts'

export class AppendedLines {
  private readonly offsets: number[] = []
  /** Epoch ms by number of the line: the newest event time up to it. */
  private readonly reached: number[] = []
  private readonly firstAt: number

  constructor(firstAt: number) {
    this.firstAt = firstAt
  }

  get count(): number {
    return this.offsets.length
  }

  get lastOffset(): number {
    return this.offsets.at(-1) ?? -1
  }

  add(lines: readonly PlannedLine[], offsets: readonly number[]): void {
    for (const [index, { at }] of lines.entries()) {
      this.offsets.push(offsets[index] ?? this.lastOffset)
      this.reached.push(Math.max(at, this.reached.at(-1) ?? this.firstAt))
    }
  }

  /** Newest event time of the lines at or before the offset; of all of them where none is said. */
  storyAt(offset = Number.POSITIVE_INFINITY): number {
    const index = this.offsets.findLastIndex((each) => each <= offset)
    return this.reached[index] ?? this.firstAt
  }
}
