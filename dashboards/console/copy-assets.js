// Lays the page and its styles beside the compiled modules, and names all modules in the page; the browser then has it whole.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const from = fileURLToPath(new URL('.', import.meta.url))
const to = fileURLToPath(new URL('../../dist/dashboards/console/', import.meta.url))
for (const name of ['icon.svg', 'styles']) cpSync(`${from}${name}`, `${to}${name}`, { recursive: true })
const modules = readdirSync(to, { recursive: true })
  .filter((path) => path.endsWith('.js'))
  .sort()
  .map((path) => `<link rel="modulepreload" href="console/${path.replaceAll('\\', '/')}" />`)
const page = readFileSync(`${from}index.html`, 'utf8')
writeFileSync(`${to}index.html`, page.replace(/<!-- modules:.*-->/, modules.join('\n    ')))
