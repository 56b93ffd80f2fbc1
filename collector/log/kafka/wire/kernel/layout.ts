// Where things stand in the checksum kernel's memory, in bytes.

/** Sixteen tables: what a byte does to the checksum from so many bytes before the end of a block. */
export const tablesAt = 1024
export const tables = 16
export const tableWords = 256
/** The bytes to check, a piece at a time. */
export const inputAt = tablesAt + tables * tableWords * 4
export const inputBytes = 262_144
