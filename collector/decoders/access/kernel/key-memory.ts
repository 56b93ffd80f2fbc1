// The known keys as the scan kernel has them in its memory.

import type { KeyMirror, KnownKey } from '../key-table.ts'
import type { ScanKernel } from './kernel.ts'
import {
  keyBySlotAt,
  keyBytes,
  keyBytesAt,
  keyFieldsAt,
  keyLengthsAt,
  keyMarksAt,
  keyOffsetsAt,
  keySlots,
  maxKeys,
  nextKeyAt,
} from './layout.ts'

export class KeyMemory implements KeyMirror {
  private readonly kernel: ScanKernel
  private readonly lengths: Int32Array
  private readonly offsets: Int32Array
  private readonly fields: Int32Array
  private readonly marks: Int32Array
  /** The key that followed each key last time, −1 while unknown. */
  private readonly next: Int32Array
  /** Pairs of 16 bits: −1, or a key. */
  private readonly slots: Int16Array
  private readonly spellings: Uint8Array
  private used = 0

  constructor(kernel: ScanKernel) {
    this.kernel = kernel
    this.lengths = kernel.words(keyLengthsAt, maxKeys)
    this.offsets = kernel.words(keyOffsetsAt, maxKeys)
    this.fields = kernel.words(keyFieldsAt, maxKeys)
    this.marks = kernel.words(keyMarksAt, maxKeys)
    this.next = kernel.words(nextKeyAt, maxKeys)
    this.slots = new Int16Array(this.lengths.buffer, keyBySlotAt, keySlots)
    this.spellings = kernel.bytes(keyBytesAt, keyBytes)
    this.forgetAll()
  }

  add(number: number, spelled: Uint8Array, { field, marks }: KnownKey): void {
    this.spellings.set(spelled, this.used)
    this.lengths[number] = spelled.length
    this.offsets[number] = this.used
    this.fields[number] = field
    this.marks[number] = marks
    let slot = this.kernel.slotOf(keyBytesAt + this.used, spelled.length)
    while (this.slots[slot] !== -1) slot = (slot + 1) & (keySlots - 1)
    this.slots[slot] = number
    this.used += spelled.length
  }

  forgetAll(): void {
    this.used = 0
    this.slots.fill(-1)
    this.next.fill(-1)
  }
}
