// The Dockerfile keeps to what a small and safe image is. No image is built.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../architecture/source-files.ts'
import { dockerfileStages } from './dockerfile.ts'

const last = dockerfileStages.at(-1)
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } } // ours

describe('the image of the roles', () => {
  it('is made of one version of Node', () => {
    const bases = new Set(dockerfileStages.map(({ base }) => base))
    expect([...bases]).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/)])
  })

  it('is run by a user that is not root', () => {
    expect(last?.steps.filter(([word]) => word === 'USER')).toEqual([['USER', 'node']])
  })

  it('is started as npm start does', () => {
    const words = JSON.parse(last?.steps.find(([word]) => word === 'ENTRYPOINT')?.[1] ?? '[]') as string[] // of our own file
    const flags = (list: readonly string[]): readonly string[] => list.filter((word) => word.startsWith('--'))
    expect(flags(words)).toEqual(flags(scripts.start.split(' ')))
    expect(words.at(-1)).toBe('/opt/eastwest/dist/collector/main.js')
  })

  it('takes nothing from what is built or written here', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.git', 'data', 'dist', 'node_modules', '.env']))
  })
})
