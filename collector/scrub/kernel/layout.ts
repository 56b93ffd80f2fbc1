// Where things stand in the anchor kernel's memory, in bytes: shared by the kernel and by what fills its tables.

/** Characters of a window, each a set. */
export const windowBytes = 4
/** Groups of anchors that the first look tells apart: a bit each, eight to a byte. */
export const groups = 16
/** Anchors are bits of 64-bit words; the tables have room for so many words. */
export const maxWords = 32

/**
 * For each eight groups and each character of a window two tables of sixteen bytes: groups by the low half of a byte, then
 * groups by its high half.
 */
export const halvesAt = 1024
export const halvesBytes = (groups / 8) * windowBytes * 32
/** What to look for at each anchor, a byte each. */
export const looksAt = 2048
/** For each character of a window and each byte: the anchors whose set holds it, `words` words. */
export const anchorsAt = 8192
export const anchorsBytes = windowBytes * 256 * maxWords * 8

/** The bytes to search; what is read beyond their end stays within the memory. */
export const inputAt = anchorsAt + anchorsBytes
export const inputBytes = 1_048_576
