// The audit of LMDB files against LMDB itself: what LMDB writes is sound, and the walk finds what LMDB finds.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { commitDurably, openBytesFile } from './lmdb-file.ts'
import { auditFile, findRoots } from './page-audit.ts'
import { PageFile } from './page-file.ts'
import { TreeWalk } from './page-tree.ts'

const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

/** Values inside tree pages, at their limit, and on pages of their own. */
const size = fc.constantFrom(0, 1, 200, 1990, 2040, 2100, 4072, 4073, 30_000, 300_000)
const change = fc.tuple(fc.nat(120), fc.option(size, { freq: 3 }))
const transaction = fc.array(change, { minLength: 1, maxLength: 25 })

describe('the audit of an LMDB file', () => {
  it('finds nothing wrong with what LMDB wrote, and every entry that LMDB has', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(transaction, { minLength: 1, maxLength: 30 }),
        fc.nat(10),
        async (transactions, reopenAt) => {
          const directory = mkdtempSync(join(tmpdir(), 'log-audit-'))
          directories.push(directory)
          const path = join(directory, 'some.mdb')
          let file = openBytesFile(path, 1 << 30)
          for (const [index, changes] of transactions.entries()) {
            await commitDurably(file, () => {
              for (const [key, bytes] of changes) {
                const name = Buffer.from(`key-${key}`)
                void (bytes === null ? file.remove(name) : file.put(name, Buffer.alloc(bytes, index)))
              }
              // As in every transaction of ours, something in the data tree changes.
              void file.put(Buffer.from('standing'), Buffer.from(`${index}`))
            })
            if (index === reopenAt) {
              await file.close()
              file = openBytesFile(path, 1 << 30)
            }
          }
          const expected = [...file.getRange({})].map(({ key, value }) => [key.toString('latin1'), value.length])
          await file.close()
          const pages = new PageFile(path)
          expect(auditFile(pages)).toEqual([])
          expect(entriesOf(pages)).toEqual(expected)
          pages.close()
        },
      ),
      { numRuns: 25 },
    )
  })

  it('finds nothing wrong with a file that was never written to', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'log-audit-'))
    directories.push(directory)
    const path = join(directory, 'some.mdb')
    await openBytesFile(path, 1 << 20).close()
    const pages = new PageFile(path)
    expect(auditFile(pages)).toEqual([])
    pages.close()
  })
})

function entriesOf(pages: PageFile): readonly (readonly [string, number])[] {
  const roots = findRoots(pages)
  const found: (readonly [string, number])[] = []
  if (roots === 'newer' || roots.newest?.main.root === undefined) return found
  const { newest } = roots
  const walk = new TreeWalk(pages, newest.pageBytes, newest.transaction, {
    entry: (key, _position, bytes) => found.push([key.toString('latin1'), bytes]),
    pages: () => undefined,
    problem: (problem) => {
      throw new Error(problem.detail)
    },
  })
  walk.walk(roots.newest.main.root)
  return found
}
