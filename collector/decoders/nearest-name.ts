// The known name that a mistyped one most likely meant.

const maxChars = 64

/** The nearest of `names` in letters, at most a third of them apart; undefined where none is near. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  if (text.length > maxChars) return undefined
  const plain = lettersOf(text)
  let nearest: string | undefined
  let least = Math.max(2, Math.floor(plain.length / 3)) + 1
  for (const name of names) {
    const distance = distanceBetween(plain, lettersOf(name))
    if (distance < least) {
      least = distance
      nearest = name
    }
  }
  return nearest
}

function lettersOf(text: string): string {
  return text.replace(/[_.\- ]/g, '').toLowerCase()
}

/** Levenshtein: insertions, deletions and replacements of one letter. */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
