// Goes to a control as a person without a mouse does.

import type { Page } from 'playwright-core'

const mostPresses = 60

/** Waits until what the selector names is there, then presses until it has the focus. */
export async function tabTo(page: Page, selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await page.waitForSelector(selector)
  const wanted = page.locator(selector).and(page.locator(':focus'))
  for (let press = 0; press < mostPresses; press++) {
    if ((await wanted.count()) > 0) return
    await page.keyboard.press(key)
  }
  throw new Error(`${selector} is more than ${mostPresses} presses of ${key} away`)
}
