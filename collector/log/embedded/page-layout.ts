// The layout of LMDB data files, version 2, as far as checking one before it is mapped needs it.

import type { PageFile } from './page-file.ts'

/** One of the two alternating roots of an LMDB file. */
export interface MetaPage {
  readonly index: 0 | 1
  readonly pageBytes: number
  readonly transaction: number
  readonly lastPage: number
  readonly mapBytes: number
  readonly free: TreeFacts
  readonly main: TreeFacts
}

export interface TreeFacts {
  readonly flags: number
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  readonly overflowPages: number
  readonly entries: number
  /** Undefined when the tree is empty. */
  readonly root: number | undefined
}

export const pageHeaderBytes = 24
export const nodeHeaderBytes = 8
export const branchFlag = 0x01
export const leafFlag = 0x02
export const overflowFlag = 0x04
export const metaFlag = 0x08
export const overflowNodeFlag = 0x01
/** What an overflow node stores in place of its value: first page u64, transaction u64, pages u64. */
export const overflowNodeBytes = 24
export const largestPageBytes = 65_536

const magic = 0xbeefc0de
const layoutVersion = 2
const pageSizes = [4096, 8192, 16_384, 32_768, largestPageBytes]
const metaBytes = pageHeaderBytes + 144

/** The meta pages that can be read; 'newer' when both say that a later LMDB wrote the file. */
export function readMetaPages(file: PageFile): readonly MetaPage[] | 'newer' {
  const first = parseMeta(file.bytes(0, metaBytes), 0)
  const candidates = first === undefined || first === 'newer' ? pageSizes : [first.pageBytes]
  for (const pageBytes of candidates) {
    const second = parseMeta(file.bytes(pageBytes, metaBytes), 1)
    if (second === 'newer' && first === 'newer') return 'newer'
    if (second !== undefined && second !== 'newer' && second.pageBytes === pageBytes) {
      return first === undefined || first === 'newer' ? [second] : [first, second]
    }
  }
  return first === undefined || first === 'newer' ? [] : [first]
}

function parseMeta(page: Buffer | undefined, index: 0 | 1): MetaPage | 'newer' | undefined {
  if (page === undefined || (page.readUInt16LE(18) & metaFlag) === 0 || page.readUInt32LE(24) !== magic)
    return undefined
  const version = page.readUInt32LE(28) & 0xffff
  if (version > layoutVersion) return 'newer'
  const pageBytes = page.readUInt32LE(48)
  if (version !== layoutVersion || !pageSizes.includes(pageBytes)) return undefined
  return {
    index,
    pageBytes,
    transaction: readCount(page, 152),
    lastPage: readCount(page, 144),
    mapBytes: readCount(page, 40),
    free: parseTree(page, 48),
    main: parseTree(page, 96),
  }
}

function parseTree(page: Buffer, at: number): TreeFacts {
  const isEmpty = page.readUInt32LE(at + 40) === 0xffffffff && page.readUInt32LE(at + 44) === 0xffffffff
  return {
    flags: page.readUInt16LE(at + 4),
    depth: page.readUInt16LE(at + 6),
    branchPages: readCount(page, at + 8),
    leafPages: readCount(page, at + 16),
    overflowPages: readCount(page, at + 24),
    entries: readCount(page, at + 32),
    root: isEmpty ? undefined : readCount(page, at + 40),
  }
}

/** A u64 as a number; above 2^53 it loses digits, which only a damaged file has. */
export function readCount(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000
}
