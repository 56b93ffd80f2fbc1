// Lets the library take a whole answer as it came, which it would copy to join it to the nothing that was left of the last one.

/** A connection of the library's, as far as it is used here. */
export interface JoiningConnection {
  /** What came and was not an answer yet. */
  chunks: readonly Buffer[]
  /** Of all chunks together. */
  readonly bytesBuffered: number
  processData(bytes: Buffer): unknown
}

export function takeWholeAnswers(connection: JoiningConnection): void {
  const { processData } = connection
  connection.processData = (bytes) => {
    if (connection.bytesBuffered === 0) connection.chunks = []
    return processData.call(connection, bytes)
  }
}
