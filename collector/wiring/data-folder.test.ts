// Keys of a data folder: one is made and kept, older ones are kept for looking up, a damaged file is refused.

import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../test/architecture/source-files.ts'
import { DataFolderError, openScrubKey, readScrubKey, readScrubKeys } from './data-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eastwest-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (id: string, fill: number): string => `${id}:${Buffer.alloc(32, fill).toString('base64url')}`
const write = (text: string): void => writeFileSync(join(folder, 'scrub.key'), text)

describe('the keys of a data folder', () => {
  it('are none before the first is made, and that one ever after', () => {
    expect(readScrubKeys(folder)).toEqual([])
    const made = openScrubKey(folder)
    expect(openScrubKey(folder)).toEqual(made)
    expect(readScrubKeys(folder)).toEqual([made])
  })

  it('are one where several processes make it at once', async () => {
    const module = join(root, 'dist/collector/wiring/data-folder.js')
    const script = `const { openScrubKey } = await import(${JSON.stringify(module)}); console.log(openScrubKey(${JSON.stringify(folder)}).id)`
    const words = ['--input-type=module', '--eval', script]
    const made = await Promise.all(Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, words)))
    expect(new Set(made.map(({ stdout }) => stdout.trim()))).toEqual(new Set([readScrubKey(folder)?.id]))
    expect(readdirSync(folder)).toEqual(['scrub.key'])
  })

  it.each([
    ['\n', ''],
    ['\r\n', '\r\n'],
  ])('are those of every line, the first in force', (between, end) => {
    write(`${line('new1', 1)}${between}${line('old1', 2)}${between}${line('old2', 3)}${end}`)
    expect(readScrubKey(folder)?.id).toBe('new1')
    expect(readScrubKeys(folder).map(({ id, secret }) => [id, secret[0]])).toEqual([
      ['new1', 1],
      ['old1', 2],
      ['old2', 3],
    ])
  })

  it.each(['', 'nonsense', `${line('new1', 1)}\nnew2:short`, `${line('UPPER', 1)}`])(
    'are refused as damaged: %j',
    (text) => {
      write(text)
      expect(() => readScrubKeys(folder)).toThrow(DataFolderError)
      expect(() => openScrubKey(folder)).toThrow(/damaged: restore it from a backup/)
    },
  )
})
