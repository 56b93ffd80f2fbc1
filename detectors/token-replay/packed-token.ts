// A token that is used from one place as one text: a million of them rest at once.

import type { Json, Packing } from '../engine/detector.ts'
import { separator } from './stretch.ts'
import type { TokenState } from './token-state.ts'

/** `<until>¦<endMs>¦<only>`, numbers to the base 36. A token with details stands as it is. */
export const tokenPacking: Packing<TokenState> = {
  pack(state) {
    const { only, endMs, until, detail } = state
    if (detail !== undefined) return state as unknown as Json // JSON-safe, which an interface cannot say
    return `${until.toString(36)}${separator}${endMs.toString(36)}${separator}${only}`
  },
  unpack(packed) {
    if (typeof packed !== 'string') return packed as unknown as TokenState // as above
    const endAt = packed.indexOf(separator) + 1
    const onlyAt = packed.indexOf(separator, endAt) + 1
    return {
      only: packed.slice(onlyAt),
      endMs: Number.parseInt(packed.slice(endAt, onlyAt), 36),
      until: Number.parseInt(packed, 36),
    }
  },
}
