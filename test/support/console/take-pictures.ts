// Pictures of the console for the README, taken of a real exercise that runs in a real collector.

import type { Browser } from 'playwright-core'
import { until } from '../until.ts'
import { openConsole } from './open-console.ts'

export type Picture = 'exercise' | 'alert' | 'map'

const story = 'probing-403-fanout'
/** The one whose alert is about all of them. */
const step = 'The fifth service'
const patienceMs = 150_000

/**
 * @param pictures which ones; the map is written down a minute after its calls
 * @param untilScored else it is enough that every step was told
 * @returns PNG by picture, 1,280 × 860
 */
export async function takePictures(
  browser: Browser,
  url: string,
  pictures: readonly Picture[],
  { untilScored }: { readonly untilScored: boolean },
): Promise<ReadonlyMap<Picture, Buffer>> {
  const { page, goTo, close } = await openConsole(browser, url, '#/exercises', { colorScheme: 'light' })
  page.setDefaultTimeout(patienceMs)
  const taken = new Map<Picture, Buffer>()
  const take = async (picture: Picture): Promise<void> => {
    if (pictures.includes(picture)) taken.set(picture, await page.screenshot({ animations: 'disabled' }))
  }
  await page.selectOption(`#speed-${story}`, '0')
  await page.check(`#twin-${story}`)
  await page.click(`.card:has(#speed-${story}) button`)
  await page.waitForSelector('.events li:last-child .mark:has-text("detected in time")')
  if (untilScored) await page.waitForSelector('.mark:has-text("as it must be")')
  await take('exercise')
  await page.click(`.events li:has-text("${step}") a:has-text("See the alert")`)
  await page.waitForSelector('h2:has-text("Why it fired")')
  await take('alert')
  if (pictures.includes('map')) {
    const realm = new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('realm') ?? ''
    const isDrawn = async (): Promise<boolean> => {
      await goTo('#/exercises')
      await page.waitForSelector('h1:has-text("Exercises")')
      await goTo(`#/map?realm=${encodeURIComponent(realm)}`)
      await page.waitForSelector('#map canvas, .empty')
      return (await page.locator('#map canvas').count()) > 0
    }
    await until(isDrawn, 'the map of the exercise is drawn', patienceMs)
    await take('map')
  }
  await close()
  return taken
}
