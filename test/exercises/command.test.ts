// `eastwest exercise` as its user runs it: what there is, what was seen, the exit code, and a report to show.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { exerciseScoreSchema } from '../../schemas/exercises/score.ts'
import { root } from '../architecture/source-files.ts'
import { type CommandResult, runCommand } from '../support/command.ts'

vi.setConfig({ testTimeout: 240_000 })

const cwd = mkdtempSync(join(tmpdir(), 'eastwest-exercise-command-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const run = (...words: readonly string[]): Promise<CommandResult> => runCommand(['exercise', ...words], { cwd })

/** A story of the user's own, whose twin is the attack: it is told, and it is no twin. */
function ownStories(): string {
  const folder = join(cwd, 'own', 'a-bad-twin')
  cpSync(join(root, 'exercises/refund-3-in-6s'), folder, { recursive: true })
  for (const file of ['payments-audit.log'])
    writeFileSync(join(folder, 'twin', file), readFileSync(join(folder, 'attack', file)))
  return join(cwd, 'own')
}

describe('eastwest exercise', () => {
  it('lists what there is', async () => {
    const { code, stdout } = await run('list', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ id: 'refund-3-in-6s', detectors: ['refund-burst'] }),
    )
    expect((await run('list')).stdout).toMatch(/^refund-3-in-6s +1 +refund-burst/m)
  })

  it('scores one and writes a report', async () => {
    const { code, stdout } = await run('score', 'refund-3-in-6s', '--report', 'report.html')
    expect(stdout).toContain('nothing false on the twin')
    expect(code).toBe(0)
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<svg/)
  })

  it('ends with 3 on a false alert, and shows which', async () => {
    const { code, stdout } = await run('score', '--all', '--stories', ownStories(), '--json', '--report', 'report.md')
    expect(code).toBe(3)
    const score = exerciseScoreSchema.parse(JSON.parse(stdout))
    expect(score).toMatchObject({
      story: 'a-bad-twin',
      holds: false,
      steps: [{ outcome: 'detected' }],
      twin: { falseAlerts: [{ entity: 'USR-99' }], problems: [expect.stringContaining('does not differ')] },
    })
    expect(readFileSync(join(cwd, 'report.md'), 'utf8')).toContain('## False alerts')
  })

  it.each([
    ['an unknown exercise', ['run', 'nothing'], /no exercise is called "nothing"/],
    ['no exercise', ['score'], /--all/],
    ['one and all', ['score', 'refund-3-in-6s', '--all'], /--all/],
    ['a report of another kind', ['score', '--all', '--report', 'x.pdf'], /\.html or \.md/],
    ['half a second', ['run', 'refund-3-in-6s', '--starts-at', '2026-01-01T00:00:00.5Z'], /to the second/],
    ['no folder of stories', ['list', '--stories', 'nowhere'], /cannot read "nowhere"/],
  ])('takes %s for a mistake in the call', async (_, words, told) => {
    const { code, stderr } = await run(...words)
    expect(stderr).toMatch(told)
    expect(code).toBe(2)
  })
})
