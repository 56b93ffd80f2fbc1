// Where things stand in the checksum kernel's memory, in bytes.

/** Sixteen tables a polynomial: what a byte does to the checksum from so many bytes before the end of a block. */
export const tables = 16
export const tableWords = 256
export const tablesBytes = tables * tableWords * 4
export const castagnoliTablesAt = 1024
export const ieeeTablesAt = castagnoliTablesAt + tablesBytes
/** Zeros, as far back as folding looks. */
export const zerosAt = ieeeTablesAt + tablesBytes
export const zeroBytes = 320
/** The bytes to check, a piece at a time. */
export const inputAt = zerosAt + zeroBytes
export const inputBytes = 262_144
/** What folding leaves, behind the bytes that it looks at beyond the input. */
export const foldedAt = inputAt + inputBytes + 64
