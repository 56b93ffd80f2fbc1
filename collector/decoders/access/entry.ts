// One access log entry as byte ranges: where each field's value stands, and which members go into `attributes`.

import { fieldCount } from './fields.ts'
import type { ScanKernel } from './kernel/kernel.ts'
import {
  droppedAt,
  endsAt,
  fieldMemberEndsAt,
  fieldMemberStartsAt,
  hasLongAt,
  marksAt,
  maxMembers,
  maxValueBytes,
  memberEndsAt,
  memberStartsAt,
  membersAt,
  noField,
  notText,
  saidAt,
  startsAt,
} from './kernel/layout.ts'

const memberKept = 2

/**
 * The ranges point into `bytes`: the record itself where it was scanned, else a scratch that its values were written to.
 * A value that is missing, in any spelling, has no range.
 */
export class AccessEntry {
  bytes: Uint8Array = new Uint8Array(0)
  /** The same bytes, for reading four at a time. */
  view: DataView = new DataView(new ArrayBuffer(0))
  readonly starts: Int32Array
  /** 0: the field is absent. */
  readonly ends: Int32Array
  /** Where each field's whole member stands: `"key":value`. */
  private readonly fieldMemberStarts: Int32Array
  private readonly fieldMemberEnds: Int32Array
  /** A field's value is longer than `maxValueBytes`. */
  hasLong = false
  /** Bytes outside ASCII, or read from escapes: identities are then looked at for characters that hide what they say. */
  mayHide = false
  /** Marks of all keys of the record. */
  marks = 0
  /** The kernel scanned it and knows its shapes. */
  isScanned = false
  /**
   * Members that no column says, in the order they came up: `"key":value` as it stands in JSON, or `−1 − field` as the
   * start of a member that stands in none.
   */
  readonly memberStarts: Int32Array
  readonly memberEnds: Int32Array
  members = 0
  /** 1: a column says the field's value in full, for fields that may or may not reach one; 2: its member is kept. */
  readonly said: Uint8Array
  /** Fields whose member is kept, in that order, as many as `keptCount` says. */
  private readonly kept = new Uint8Array(fieldCount)
  keptCount = 0
  /** Members that were too many. */
  dropped = 0

  /** With a kernel, its ranges are those of that kernel's last scan. */
  constructor(kernel?: ScanKernel) {
    const words = (at: number, length: number): Int32Array => kernel?.words(at, length) ?? new Int32Array(length)
    this.starts = words(startsAt, fieldCount)
    this.ends = words(endsAt, fieldCount)
    this.fieldMemberStarts = words(fieldMemberStartsAt, fieldCount)
    this.fieldMemberEnds = words(fieldMemberEndsAt, fieldCount)
    this.memberStarts = words(memberStartsAt, maxMembers)
    this.memberEnds = words(memberEndsAt, maxMembers)
    this.said = kernel?.bytes(saidAt, fieldCount) ?? new Uint8Array(fieldCount)
  }

  /** Takes the record `[start, end)` where it is an ordinary one; says whether it is. */
  scan(kernel: ScanKernel, bytes: Uint8Array, view: DataView, start: number, end: number, mayHide: boolean): boolean {
    if (!kernel.scan(bytes, start, end)) return false
    this.bytes = bytes
    this.view = view
    this.mayHide = mayHide
    this.hasLong = kernel.word(hasLongAt) !== 0
    this.marks = kernel.word(marksAt)
    this.members = kernel.word(membersAt)
    this.dropped = kernel.word(droppedAt)
    this.keptCount = 0
    this.isScanned = true
    return true
  }

  begin(bytes: Uint8Array, view: DataView): void {
    this.bytes = bytes
    this.view = view
    this.mayHide = true
    this.ends.fill(0)
    this.said.fill(0)
    this.hasLong = false
    this.marks = 0
    this.members = 0
    this.dropped = 0
    this.keptCount = 0
    this.isScanned = false
  }

  /** Keeps the member of a field that is there: no column says all of it. */
  keep(field: number): void {
    if (this.said[field] === memberKept) return
    this.said[field] = memberKept
    this.kept[this.keptCount++] = field
    const end = this.fieldMemberEnds[field] as number // field numbers are within the arrays
    if (end === 0) this.addMember(-1 - field, 0)
    else this.addMember(this.fieldMemberStarts[field] as number, end) // as above
  }

  /** Fields that were kept since there were `count` of them. */
  keptSince(count: number): readonly number[] {
    return [...this.kept.subarray(count, this.keptCount)]
  }

  has(field: number): boolean {
    return this.ends[field] !== 0
  }

  /** The value as text; `''` where it is missing. */
  text(field: number): string {
    const end = this.ends[field] as number // field numbers are within the arrays
    return end === 0 ? '' : textOf(this.bytes, this.starts[field] as number, end) // as above
  }

  /**
   * Takes the value `[start, end)` of a key of `field`, whose whole member is `[memberStart, memberEnd)`, 0 and 0 where
   * the record is no JSON. The first key that has a value for a field sets it; members that set no field are kept.
   */
  take(field: number, start: number, end: number, memberStart: number, memberEnd: number): void {
    if (end !== notText) {
      if (isMissingAt(this.bytes, start, end)) return
      if (field !== noField && this.ends[field] === 0) {
        this.starts[field] = start
        this.ends[field] = end
        this.fieldMemberStarts[field] = memberStart
        this.fieldMemberEnds[field] = memberEnd
        if (end - start > maxValueBytes) this.hasLong = true
        return
      }
    }
    this.addMember(memberStart, memberEnd)
  }

  private addMember(start: number, end: number): void {
    const at = this.members
    if (at === maxMembers) {
      this.dropped += 1
      return
    }
    this.memberStarts[at] = start
    this.memberEnds[at] = end
    this.members = at + 1
  }
}

/** `-`, nothing, and `null` written as text are how proxies say that a value is missing. */
export function isMissingAt(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length > 4) return false
  if (length === 0) return true
  const first = bytes[start]
  if (length === 1) return first === 0x2d
  return (
    length === 4 &&
    first === 0x6e &&
    bytes[start + 1] === 0x75 &&
    bytes[start + 2] === 0x6c &&
    bytes[start + 3] === 0x6c
  )
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}
