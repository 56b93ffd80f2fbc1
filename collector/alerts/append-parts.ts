// Splits what one batch has to append into appends of a size the log takes.

/** In order; each part has at most `maxBytes`, unless a single item is larger. */
export function* partsOf<Item>(
  items: Iterable<Item>,
  bytesOf: (item: Item) => number,
  maxBytes: number,
): Iterable<readonly Item[]> {
  let part: Item[] = []
  let bytes = 0
  for (const item of items) {
    const size = bytesOf(item)
    if (part.length > 0 && bytes + size > maxBytes) {
      yield part
      part = []
      bytes = 0
    }
    part.push(item)
    bytes += size
  }
  if (part.length > 0) yield part
}
