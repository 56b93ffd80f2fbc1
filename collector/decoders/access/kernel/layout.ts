// Where things stand in the scan kernel's memory, in bytes: shared by the kernel and by what reads and fills its memory.

/** Record fields and known keys have numbers below these. */
export const maxFields = 64
export const maxKeys = 1024
export const keySlots = 4096
/** Members of one record that are looked at for `attributes`; more are not kept, and counted. */
export const maxMembers = 1024

/** Longer values are cut, or refused where they name somebody. */
export const maxValueBytes = 2048

/** Field number of a key that is none of our fields: kept in `attributes`. */
export const noField = -1
/** In place of a value's end: the value is an array or an object, kept as it stands. */
export const notText = -1

// What a scan says, `i32` each.
export const marksAt = 0
export const membersAt = 4
export const droppedAt = 8
export const hasLongAt = 12
/** For each shape: its number or −1, then 32 bits of its hash. */
export const shapesAt = 16
/** What the kernel itself keeps of each kind of shape. */
export const shapeStateAt = 128

// The record's ranges, an `i32` for each field; `said` a byte.
export const startsAt = 1024
export const endsAt = startsAt + maxFields * 4
export const fieldMemberStartsAt = endsAt + maxFields * 4
export const fieldMemberEndsAt = fieldMemberStartsAt + maxFields * 4
export const saidAt = fieldMemberEndsAt + maxFields * 4
/** A byte for each field: the shape it belongs to, `ownField` for none. */
export const shapeOfFieldAt = saidAt + maxFields
export const ownField = 255
export const memberStartsAt = 4096
export const memberEndsAt = memberStartsAt + maxMembers * 4

// The known keys, an `i32` each; `bySlot` 16 bits.
export const keyLengthsAt = 16_384
export const keyOffsetsAt = keyLengthsAt + maxKeys * 4
export const keyFieldsAt = keyOffsetsAt + maxKeys * 4
export const keyMarksAt = keyFieldsAt + maxKeys * 4
export const nextKeyAt = keyMarksAt + maxKeys * 4
export const seenKeyAt = nextKeyAt + maxKeys * 4
export const keyBySlotAt = seenKeyAt + maxKeys * 4
/** What follows a record's beginning is predicted as what follows this key. */
export const beginning = maxKeys - 1
export const keyBytesAt = 65_536
export const keyBytes = 65_536

// The shapes: slots and places `i32`, and an arena of what each looks like.
export const shapeKinds = 2
export const maxShapes = 8192
export const shapeSlots = 16_384
export const shapeSlotsAt = 262_144
export const shapePlacesAt = shapeSlotsAt + shapeKinds * shapeSlots * 4
export const shapeArenaAt = 524_288
export const shapeArenaBytes = 3_145_728

/** The records; what is read beyond their end stays within the memory. */
export const inputAt = shapeArenaAt + shapeKinds * shapeArenaBytes
export const inputBytes = 2_097_152
export const memoryPages = (inputAt + inputBytes) / 65_536 + 1
