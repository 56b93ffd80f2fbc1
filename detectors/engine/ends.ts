// A long list as people are shown it.

/** The first and the last of a list, at most `most` together; `most` is even. */
export function ends<Item>(list: readonly Item[], most: number): readonly Item[] {
  const half = most / 2
  return list.length <= most ? list : [...list.slice(0, half), ...list.slice(-half)]
}
