// Tests where bytes on their way to the engine are kept, within which bounds, and that nobody else's folder is used.

import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSpool } from './spool.ts'

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

const place = (): { store: string; memory: string; fast: string } => {
  const store = realpathSync(mkdtempSync(join(tmpdir(), 'eastwest-spool-')))
  const memory = realpathSync(mkdtempSync(join(tmpdir(), 'eastwest-memory-')))
  const name = createHash('sha256').update(store).digest('hex').slice(0, 16)
  return { store, memory, fast: join(memory, `eastwest-store-${name}`) }
}

describe('the spool', () => {
  it('keeps bytes in a private file on the memory disk until they are dropped', async () => {
    const { store, memory, fast } = place()
    const spool = openSpool(store, memory)
    const file = await spool.take(chunks('ab', '', 'c'), 3)
    expect(file.bytes).toBe(3)
    expect(file.path.startsWith(`${fast}/`)).toBe(true)
    expect(statSync(fast).mode & 0o777).toBe(0o700)
    expect(statSync(file.path)).toMatchObject({ size: 3 })
    await file.drop()
    expect(readdirSync(fast)).toEqual([])
  })

  it('refuses what is too large, and keeps nothing of it or of what broke off', async () => {
    const { store, memory, fast } = place()
    const spool = openSpool(store, memory)
    await expect(spool.take(chunks('ab', 'cd'), 3)).rejects.toMatchObject({ code: 229 })
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      throw new Error('cut')
    }
    await expect(spool.take(broken(), 3)).rejects.toThrow('cut')
    expect(readdirSync(fast)).toEqual([])
  })

  it('uses its own directory where the memory disk is missing, or the folder there is open to others', () => {
    const { store, memory, fast } = place()
    expect(openSpool(store, '/nowhere').reserve().path).toBe('spool/1')
    mkdirSync(fast)
    chmodSync(fast, 0o777)
    expect(openSpool(store, memory).reserve().path).toBe('spool/1')
  })

  it('clears what a killed process left, in both places', () => {
    const { store, memory, fast } = place()
    const spool = openSpool(store, memory)
    for (const folder of [fast, join(store, 'spool')]) writeFileSync(join(folder, '7'), 'left')
    spool.clear()
    expect([...readdirSync(fast), ...readdirSync(join(store, 'spool'))]).toEqual([])
    spool.close()
    expect(readdirSync(memory)).toEqual([])
    expect(spool.reserve().path).toMatch(/^spool\//)
  })
})
