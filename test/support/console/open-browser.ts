// A real Chromium without a window, for tests that look at the console.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Debian's package puts it; another one by CHROMIUM. */
const program = process.env.CHROMIUM ?? '/usr/bin/chromium'

export async function openBrowser(): Promise<Browser> {
  if (!existsSync(program))
    throw new Error(
      `tests of the console need Chromium at "${program}": install Debian's package "chromium", or name it in CHROMIUM`,
    )
  return chromium.launch({
    executablePath: program,
    // Root may not make the sandbox's user namespaces; what is opened is only our own page.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-dev-shm-usage'],
  })
}
