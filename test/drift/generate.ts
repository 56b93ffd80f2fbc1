// Writes every generated page: `npm run generate`.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../architecture/source-files.ts'
import { pages } from './pages.ts'

for (const page of pages) {
  const file = join(root, page.path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, page.render())
  console.log(page.path)
}
