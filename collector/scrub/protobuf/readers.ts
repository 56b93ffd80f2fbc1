// Readers of messages within messages, one a level, kept for the next message: making one costs more than reading a pair.

import { ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'

/** Where key and value of a pair stand, in whatever order; a value that is missing begins at −1, a missing key is empty. */
export interface PairParts {
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
}

export class Readers {
  /** Of the pair that was read last. */
  readonly pair: PairParts = { keyStart: 0, keyEnd: 0, valueStart: -1, valueEnd: 0 }
  private readonly levels: ProtobufReader[] = []
  private depth = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** A reader of this range until `close`; those opened later are closed before. */
  open(start: number, end: number): ProtobufReader {
    let reader = this.levels[this.depth]
    if (reader === undefined) {
      reader = new ProtobufReader()
      this.levels.push(reader)
    }
    this.depth++
    return reader.open(this.bytes, start, end)
  }

  close(): void {
    this.depth--
  }

  /** Closes what was left open where reading broke off. */
  closeAll(): void {
    this.depth = 0
  }
}
