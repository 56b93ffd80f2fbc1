// Where things stand in the checksum kernel's memory, in bytes.

/** Sixteen tables: what a byte does to the checksum from so many bytes before the end of a block. */
export const tablesAt = 1024
export const tables = 16
export const tableWords = 256
/** Zeros, as far back as folding looks. */
export const zerosAt = tablesAt + tables * tableWords * 4
export const zeroBytes = 320
/** The bytes to check, a piece at a time. */
export const inputAt = zerosAt + zeroBytes
export const inputBytes = 262_144
/** What folding leaves, behind the bytes that it looks at beyond the input. */
export const foldedAt = inputAt + inputBytes + 64
