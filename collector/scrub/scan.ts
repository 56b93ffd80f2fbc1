// Finds the places in bytes where a credential may begin: many short needles at once.

import type { Anchor } from './anchors.ts'
import { AnchorKernel } from './kernel/kernel.ts'
import { inputBytes, windowBytes } from './kernel/layout.ts'

/** A search through one text, from place to place. */
export interface Search {
  /** Start of the first window in `[from, to)` that an anchor matches, or −1. */
  next(from: number, to: number): number
  /** What to look for at the place that `next` last returned: the bits of all anchors that match there. */
  looks(): number
}

export interface Scan {
  /** The bytes must not change while they are searched; searches may take turns. */
  open(bytes: Uint8Array): Search
}

const firstBytes = 4096

export function buildScan(anchors: readonly Anchor[]): Scan {
  const kernel = new AnchorKernel(anchors)
  /** The search whose bytes the kernel holds. */
  let current: Search | undefined

  function open(bytes: Uint8Array): Search {
    /** The part of the bytes that the kernel holds. */
    let part = 0
    let partEnd = 0
    let partBytes = 0
    const search: Search = {
      next(from, to) {
        for (let at = from; at + windowBytes <= to; at = partEnd - windowBytes + 1) {
          if (current !== search || at < part || at + windowBytes > partEnd) {
            // Searches that take turns load little each time; one that goes on alone loads more and more.
            partBytes = current === search ? Math.min(partBytes * 4, inputBytes) : firstBytes
            kernel.load(bytes.subarray(at, at + partBytes))
            current = search
            part = at
            partEnd = Math.min(at + partBytes, bytes.length)
          }
          const found = kernel.next(at - part, Math.min(to, partEnd) - part)
          if (found !== -1) return found + part
        }
        return -1
      },
      looks: () => kernel.looks(),
    }
    return search
  }

  return { open }
}
