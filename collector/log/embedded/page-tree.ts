// Walks one B-tree of an LMDB file in key order, hands over what is intact and names what is not.

import type { PageFile } from './page-file.ts'
import {
  branchFlag,
  leafFlag,
  nodeHeaderBytes,
  overflowFlag,
  overflowNodeBytes,
  overflowNodeFlag,
  pageHeaderBytes,
  readCount,
} from './page-layout.ts'

/** What a walk meets. The key is a view that is valid during the call only. */
export interface TreeVisitor {
  readonly entry: (key: Buffer, position: number, bytes: number) => void
  /** A page or a run of pages that the tree uses. */
  readonly pages: (first: number, count: number) => void
  readonly problem: (problem: PageProblem) => void
}

export interface PageProblem {
  /** `torn`: the file ends before. `broken`: the bytes cannot be what LMDB wrote. */
  readonly kind: 'torn' | 'broken'
  readonly detail: string
}

export interface TreeCounts {
  branchPages: number
  leafPages: number
  overflowPages: number
  entries: number
  depth: number
  /** The transaction that wrote the root page; every transaction of ours rewrites the root of the data tree. */
  rootTransaction: number
}

const deepest = 32

export class TreeWalk {
  readonly counts: TreeCounts = {
    branchPages: 0,
    leafPages: 0,
    overflowPages: 0,
    entries: 0,
    depth: 0,
    rootTransaction: 0,
  }
  readonly #file: PageFile
  readonly #pageBytes: number
  readonly #transaction: number
  readonly #visitor: TreeVisitor
  /** Free-list trees order their keys as little-endian numbers, data trees as bytes. */
  readonly #compare: (left: Buffer, right: Buffer) => number
  readonly #seen = new Set<number>()
  readonly #pages: Buffer[] = []
  #lastKey: Buffer | undefined
  /** The separator passed last: the next key may equal it but not be smaller. */
  #bound: Buffer | undefined

  constructor(
    file: PageFile,
    pageBytes: number,
    transaction: number,
    visitor: TreeVisitor,
    compare: (left: Buffer, right: Buffer) => number = Buffer.compare,
  ) {
    this.#file = file
    this.#pageBytes = pageBytes
    this.#transaction = transaction
    this.#visitor = visitor
    this.#compare = compare
  }

  walk(page: number, depth = 1): void {
    if (depth > deepest || this.#seen.has(page)) {
      this.#broken(page, depth > deepest ? 'lies too deep' : 'is used twice')
      return
    }
    this.#seen.add(page)
    const bytes = this.#load(page, depth)
    if (bytes === undefined) return
    this.#visitor.pages(page, 1)
    this.counts.depth = Math.max(this.counts.depth, depth)
    const kind = bytes.readUInt16LE(18)
    if (depth === 1) this.counts.rootTransaction = readCount(bytes, 8)
    if (kind === branchFlag) this.#walkBranch(bytes, page, depth)
    else if (kind === leafFlag) this.#walkLeaf(bytes, page)
    else this.#broken(page, `has kind ${kind}`)
  }

  #load(page: number, depth: number): Buffer | undefined {
    if (page < 2) {
      this.#broken(page, 'cannot be part of a tree')
      return undefined
    }
    const borrowed = this.#file.borrow(page * this.#pageBytes, this.#pageBytes)
    if (borrowed === undefined) {
      this.#visitor.problem({ kind: 'torn', detail: `page ${page} lies beyond the end of the file` })
      return undefined
    }
    // A page is looked at until the pages below it have been walked, so it is kept apart, one for each depth.
    const bytes = this.#pages[depth] ?? Buffer.allocUnsafeSlow(this.#pageBytes)
    this.#pages[depth] = bytes
    borrowed.copy(bytes)
    if (readCount(bytes, 0) !== page) this.#broken(page, 'carries another number')
    else if (readCount(bytes, 8) > this.#transaction) this.#broken(page, 'is of a later transaction')
    else return bytes
    return undefined
  }

  /** The places of the nodes on a page, or undefined when the page contradicts itself. */
  #nodes(bytes: Buffer, page: number): readonly number[] | undefined {
    const lower = bytes.readUInt16LE(20)
    const upper = bytes.readUInt16LE(22)
    if (lower % 2 !== 0 || lower > upper || upper > this.#pageBytes - pageHeaderBytes || lower === 0) {
      this.#broken(page, 'has impossible bounds')
      return undefined
    }
    const nodes: number[] = []
    for (let at = 0; at < lower; at += 2) {
      const node = bytes.readUInt16LE(pageHeaderBytes + at)
      const end = pageHeaderBytes + node + nodeHeaderBytes
      if (
        node < upper ||
        node % 2 !== 0 ||
        end > this.#pageBytes ||
        end + bytes.readUInt16LE(end - 2) > this.#pageBytes
      ) {
        this.#broken(page, `has an impossible node ${nodes.length}`)
        return undefined
      }
      nodes.push(pageHeaderBytes + node)
    }
    return nodes
  }

  #walkBranch(bytes: Buffer, page: number, depth: number): void {
    this.counts.branchPages += 1
    const nodes = this.#nodes(bytes, page)
    if (nodes === undefined) return
    for (const [index, node] of nodes.entries()) {
      const keyBytes = bytes.readUInt16LE(node + 6)
      const separator = bytes.subarray(node + nodeHeaderBytes, node + nodeHeaderBytes + keyBytes)
      if (index > 0) {
        if (this.#lastKey !== undefined && this.#compare(this.#lastKey, separator) >= 0) {
          this.#broken(page, `has separator ${index} out of order`)
        }
        this.#bound = Buffer.from(separator)
      }
      this.walk(bytes.readUInt32LE(node) + bytes.readUInt16LE(node + 4) * 0x1_0000_0000, depth + 1)
    }
  }

  #walkLeaf(bytes: Buffer, page: number): void {
    this.counts.leafPages += 1
    const nodes = this.#nodes(bytes, page)
    if (nodes === undefined) return
    for (const [index, node] of nodes.entries()) {
      const dataBytes = bytes.readUInt32LE(node)
      const flags = bytes.readUInt16LE(node + 4)
      const data = node + nodeHeaderBytes + bytes.readUInt16LE(node + 6)
      const key = bytes.subarray(node + nodeHeaderBytes, data)
      const isOutOfOrder =
        (this.#lastKey !== undefined && this.#compare(this.#lastKey, key) >= 0) ||
        (this.#bound !== undefined && this.#compare(this.#bound, key) > 0)
      if (isOutOfOrder || key.length === 0) {
        this.#broken(page, `has key ${index} out of order`)
        continue
      }
      if (this.#lastKey?.length === key.length) key.copy(this.#lastKey)
      else this.#lastKey = Buffer.from(key)
      this.#bound = undefined
      this.counts.entries += 1
      if (flags === 0) {
        if (data + dataBytes > this.#pageBytes) this.#broken(page, `has a value ${index} that leaves the page`)
        else this.#visitor.entry(key, page * this.#pageBytes + data, dataBytes)
      } else if (flags === overflowNodeFlag && data + overflowNodeBytes <= this.#pageBytes) {
        this.#overflow(key, readCount(bytes, data), readCount(bytes, data + 16), dataBytes)
      } else {
        this.#broken(page, `has node ${index} with flags ${flags}`)
      }
    }
  }

  #overflow(key: Buffer, first: number, count: number, valueBytes: number): void {
    const position = first * this.#pageBytes
    const head = this.#file.bytes(position, pageHeaderBytes)
    // More than needed is normal: a shorter value written over a longer one keeps its pages.
    const needed = Math.floor((pageHeaderBytes - 1 + valueBytes) / this.#pageBytes) + 1
    if (head === undefined || position + Math.max(count, needed) * this.#pageBytes > this.#file.fileBytes) {
      this.#visitor.problem({ kind: 'torn', detail: `the pages from ${first} lie beyond the end of the file` })
    } else if (
      first < 2 ||
      count < needed ||
      readCount(head, 0) !== first ||
      head.readUInt16LE(18) !== overflowFlag ||
      head.readUInt32LE(20) !== count ||
      this.#seen.has(first)
    ) {
      this.#broken(first, 'is not the run of pages that its node promises')
    } else {
      this.#seen.add(first)
      this.counts.overflowPages += count
      this.#visitor.pages(first, count)
    }
    // Delivered in any case: the record's own checksum says whether the bytes are good.
    this.#visitor.entry(key, position + pageHeaderBytes, valueBytes)
  }

  #broken(page: number, detail: string): void {
    this.#visitor.problem({ kind: 'broken', detail: `page ${page} ${detail}` })
  }
}
