// A folder of a story is read whole, and everything that is wrong with it is said at once.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { shiftStory } from './shift.ts'
import { lineAt, readStory } from './story-folder.ts'

const room = mkdtempSync(join(tmpdir(), 'eastwest-stories-'))
afterAll(() => rmSync(room, { recursive: true }))

const head = {
  title: 'A title',
  about: 'What happens.',
  cause: 'What the twin does otherwise.',
  startsAt: '2025-03-14T09:00:00Z',
  sources: [{ name: 'audit', about: 'audit lines' }],
  steps: [
    {
      name: 'it happens',
      atMs: 0,
      withinMs: 1_000,
      expect: { detector: 'refund-burst', severity: 'high', entity: 'USR-1' },
      evidence: ['audit:1'],
    },
  ],
  twin: { about: 'Why it is harmless.' },
  blind: { fields: ['user_id'] },
}
const good = {
  'story.yaml': JSON.stringify(head),
  'attack/audit.log': '2025-03-14 09:00:00 | action=REFUND\n',
  'twin/audit.log': '2025-03-14 09:00:00 | action=NONE\r\n',
}

let made = 0
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  made += 1
  const id = `story-${made}`
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(room, id, path)), { recursive: true })
    writeFileSync(join(room, id, path), content)
  }
  return id
}

describe('a folder', () => {
  it('is read with its lines', () => {
    const loaded = readStory(room, folderOf(good))
    expect(loaded).toMatchObject({
      attack: [{ name: 'audit', format: 'auto', lines: ['2025-03-14 09:00:00 | action=REFUND'] }],
      twin: [{ lines: ['2025-03-14 09:00:00 | action=NONE'] }],
      baseline: [],
    })
    expect(lineAt(loaded.attack, 'audit:1')).toContain('REFUND')
    expect(lineAt(loaded.attack, 'audit:2')).toBeUndefined()
  })

  it('keeps bytes that are no text as they are', () => {
    const bytes = Buffer.from([0x80, 0xff, 0xfe, 0x41])
    const { attack } = readStory(room, folderOf({ ...good, 'attack/audit.log': bytes }))
    expect(Buffer.from(attack[0]?.lines[0] ?? '', 'latin1')).toEqual(bytes)
  })

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['without a story', { 'story.yaml': '' }, '"story.yaml": : '],
    ['with a key twice', { 'story.yaml': 'title: a\ntitle: b\n' }, 'must be unique'],
    ['with an unknown key', { 'story.yaml': JSON.stringify({ ...head, colour: 'red' }) }, 'colour'],
    ['with an unknown source', { 'attack/mesh.jsonl': '{}\n' }, '"attack/mesh.jsonl" is of no source'],
    ['with two files of a source', { 'attack/audit.txt': 'x\n' }, 'two files of source "audit"'],
    ['without lines of the twin', { 'twin/audit.log': '' }, '"twin" holds no lines'],
    [
      'whose evidence is no line',
      { 'story.yaml': JSON.stringify({ ...head, steps: [{ ...head.steps[0], evidence: ['audit:7'] }] }) },
      'step "it happens": no line "audit:7"',
    ],
    [
      'whose step names no source',
      { 'story.yaml': JSON.stringify({ ...head, steps: [{ ...head.steps[0], sources: ['mesh'] }] }) },
      'step "it happens": no source "mesh"',
    ],
  ])('%s is refused', (_, files, message) => {
    expect(() => readStory(room, folderOf({ ...good, ...files }))).toThrow(message)
  })

  it('says every problem at once', () => {
    const id = folderOf({ ...good, 'attack/mesh.jsonl': '{}\n', 'attack/audit.txt': 'x\n' })
    expect(() => readStory(room, id)).toThrow(/of no source[\s\S]*two files/)
  })

  it('moves as a whole, by whole seconds', () => {
    const loaded = readStory(room, folderOf(good))
    const moved = shiftStory(loaded, Date.parse('2026-01-01T00:00:00Z'))
    expect(moved.story.startsAt).toBe('2026-01-01T00:00:00.000Z')
    expect(moved.attack[0]?.lines).toEqual(['2026-01-01 00:00:00 | action=REFUND'])
    expect(() => shiftStory(loaded, Date.parse('2026-01-01T00:00:00.5Z'))).toThrow('whole seconds')
  })
})
