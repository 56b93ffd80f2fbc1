// Generated pages say what the declarations say.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../architecture/source-files.ts'
import { pages } from './pages.ts'

describe('generated pages', () => {
  it.each(pages.map((page) => [page.path, page] as const))('%s is what npm run generate writes', (path, page) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(page.render())
  })
})
