// What the README tells people to type is what the program takes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openProgram } from '../../collector/commands/program.ts'
import { parseSettings } from '../../collector/wiring/settings/load-settings.ts'
import { root } from '../architecture/source-files.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)

describe('the README', () => {
  it('shows settings that are accepted', () => {
    const environment = { WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }
    const examples = blocks('yaml')
    expect(examples.length).toBeGreaterThan(0)
    for (const text of examples)
      expect(() => parseSettings(text, '"README.md"', { environment, readFile: () => '' })).not.toThrow()
  })

  it('names commands and options that exist', () => {
    const calls = [...readme.matchAll(/npx eastwest ([^\n`#]+)/g)].map(([, words = '']) => words.trim().split(/\s+/))
    expect(calls.length).toBeGreaterThan(5)
    for (const words of calls) {
      let command = openProgram()
      for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command
      expect(command.name(), words.join(' ')).not.toBe('eastwest')
      const known = command.options.map(({ long }) => long)
      for (const option of words.filter((word) => word.startsWith('--'))) expect(known).toContain(option)
    }
  })
})
