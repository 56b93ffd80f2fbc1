// Decides whether an LMDB file may be trusted: LMDB keeps no checksums of its pages and dies on impossible ones.

import type { PageFile } from './page-file.ts'
import { type MetaPage, readCount, readMetaPages, type TreeFacts } from './page-layout.ts'
import { type PageProblem, type TreeCounts, type TreeVisitor, TreeWalk } from './page-tree.ts'

export interface Roots {
  /** The root that LMDB would use. */
  readonly newest: MetaPage | undefined
  /** The root of the transaction before. */
  readonly older: MetaPage | undefined
  readonly problems: readonly PageProblem[]
}

const largestMapBytes = 2 ** 40
/** Pages that a transaction took at the end and gave up again are counted but not in the file. */
const largestHoleBytes = 2 ** 30
const mostProblems = 16

/** The two roots of a file and what is implausible about them; 'newer' for a file of a later LMDB. */
export function findRoots(file: PageFile): Roots | 'newer' {
  const metas = readMetaPages(file)
  if (metas === 'newer') return 'newer'
  const [newest, older] = [...metas].sort((left, right) => right.transaction - left.transaction)
  const problems =
    newest === undefined || older === undefined ? [broken('a meta page cannot be read')] : doubts(newest, older)
  return { newest, older, problems }
}

function doubts(newest: MetaPage, older: MetaPage): readonly PageProblem[] {
  const isFresh = newest.transaction === 0 && older.transaction === 0
  const isTurn =
    newest.transaction % 2 === newest.index &&
    newest.transaction - older.transaction === 1 &&
    older.lastPage <= newest.lastPage
  return isFresh || isTurn ? [] : [broken('the meta pages do not follow one another')]
}

/** Every reason not to map the file: both trees, their counts, and that no free page is one in use. Bounded. */
export function auditFile(file: PageFile): readonly PageProblem[] | 'newer' {
  const roots = findRoots(file)
  if (roots === 'newer') return 'newer'
  const problems: PageProblem[] = [...roots.problems]
  const { newest } = roots
  if (newest === undefined || problems.length > 0) return problems
  const isPlausible =
    newest.mapBytes <= largestMapBytes &&
    newest.main.flags === 0 &&
    newest.lastPage * newest.pageBytes <= file.fileBytes + largestHoleBytes
  if (!isPlausible) return [broken('a meta page is implausible')]
  const used = new Set<number>()
  const problem = (found: PageProblem) => {
    if (problems.length < mostProblems) problems.push(found)
  }
  const pages = (first: number, count: number) => {
    for (let page = first; page < first + count; page += 1) {
      if (used.has(page) || page > newest.lastPage) problem(broken(`page ${page} is used twice or out of bounds`))
      used.add(page)
    }
  }
  const lists: { readonly position: number; readonly bytes: number }[] = []
  auditTree(file, newest, newest.main, { entry: () => undefined, pages, problem }, Buffer.compare, true)
  const keepList = (_key: Buffer, position: number, bytes: number) => lists.push({ position, bytes })
  auditTree(file, newest, newest.free, { entry: keepList, pages, problem }, compareNumbers, false)
  for (const list of lists) {
    if (!isFreeListSound(file.bytes(list.position, list.bytes), newest.lastPage, used)) {
      problem(broken('the list of free pages names a page in use'))
    }
  }
  return problems
}

function auditTree(
  file: PageFile,
  meta: MetaPage,
  facts: TreeFacts,
  visitor: TreeVisitor,
  compare: (left: Buffer, right: Buffer) => number,
  isRewrittenByEach: boolean,
): void {
  const walk = new TreeWalk(file, meta.pageBytes, meta.transaction, visitor, compare)
  if (facts.root !== undefined) walk.walk(facts.root)
  if (!countsAgree(walk.counts, facts)) visitor.problem(broken('a tree does not hold what its meta page counts'))
  if (isRewrittenByEach && facts.root !== undefined && walk.counts.rootTransaction !== meta.transaction) {
    visitor.problem(broken('the data tree is not that of the newest transaction'))
  }
}

function countsAgree(counts: TreeCounts, facts: TreeFacts): boolean {
  return (
    counts.branchPages === facts.branchPages &&
    counts.leafPages === facts.leafPages &&
    counts.overflowPages === facts.overflowPages &&
    counts.entries === facts.entries &&
    counts.depth === facts.depth
  )
}

/** A list is a count and as many words: 0 is a gap, n a page, -n the length of the run that the next word starts. */
function isFreeListSound(list: Buffer | undefined, lastPage: number, used: ReadonlySet<number>): boolean {
  if (list === undefined || list.length < 8) return false
  const words = readCount(list, 0)
  if (words > list.length / 8 - 1) return false
  for (let word = 1; word <= words; word += 1) {
    let count = 1
    let first = Number(list.readBigInt64LE(word * 8))
    if (first === 0) continue
    if (first < 0) {
      count = -first
      word += 1
      // A run cut off by the end of its list goes on in the next record.
      if (word > words) return true
      first = Number(list.readBigInt64LE(word * 8))
    }
    if (first < 2 || first + count - 1 > lastPage) return false
    for (let page = first; page < first + count; page += 1) if (used.has(page)) return false
  }
  return true
}

function compareNumbers(left: Buffer, right: Buffer): number {
  return left.length === 8 && right.length === 8 ? readCount(left, 0) - readCount(right, 0) : 0
}

function broken(detail: string): PageProblem {
  return { kind: 'broken', detail }
}
