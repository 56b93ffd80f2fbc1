// Where things stand in the anchor kernel's memory, in bytes: shared by the kernel and by what fills its tables.

/** Characters of a window, each a set. */
export const windowBytes = 4
/** Anchors are bits of 64-bit words; the tables have room for so many words. */
export const maxWords = 32

/** Letters are numbers of so many bits. */
export const letterBits = 0x1f
/**
 * Of three letters in a row the first is the low byte of a place in the table of marks and the second the high byte;
 * the third stands in the bits that those two leave.
 */
export const thirdFactor = 0x820
export const thirdBits = 0xe0e0

/** What to look for at each anchor, a byte each. */
export const looksAt = 2048
/** For each character of a window and each byte: the anchors whose set holds it, `words` words. */
export const anchorsAt = 8192
export const anchorsBytes = windowBytes * 256 * maxWords * 8

/** For any three letters the marks of the anchors that they may be of, a byte each. */
export const marksAt = anchorsAt + anchorsBytes
export const marksBytes = 65536

/** The bytes to search; what is read beyond their end stays within the memory. */
export const inputAt = marksAt + marksBytes
export const inputBytes = 1_048_576
