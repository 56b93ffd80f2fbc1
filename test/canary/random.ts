// Repeatable randomness for planted secrets: the same seed gives the same characters on every machine.

export interface Random {
  /** A whole number in `[0, below)`. */
  below(limit: number): number
  text(alphabet: string, length: number): string
  pick<Item>(items: readonly Item[]): Item
}

export const digits = '0123456789'
export const hex = '0123456789abcdef'
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const alphanumeric = `${upper}abcdefghijklmnopqrstuvwxyz${digits}`
export const base64url = `${alphanumeric}-_`
export const base64 = `${alphanumeric}+/`

/** mulberry32. */
export function openRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    text: (alphabet, length) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(''),
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
