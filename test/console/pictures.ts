// `npm run pictures`: takes the pictures that the README shows anew.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../architecture/source-files.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { takePictures } from '../support/console/take-pictures.ts'
import { runCollector } from '../support/running-collector.ts'

const folder = join(root, 'dashboards/console/pictures')
const [collector, browser] = await Promise.all([runCollector(), openBrowser()])
try {
  const pictures = await takePictures(browser, collector.url, ['exercise', 'alert', 'map'], { untilScored: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, png] of pictures) {
    writeFileSync(join(folder, `${name}.png`), png)
    console.log(`dashboards/console/pictures/${name}.png  ${Math.round(png.length / 1024)} KiB`)
  }
} finally {
  await browser.close()
  await collector.remove()
}
