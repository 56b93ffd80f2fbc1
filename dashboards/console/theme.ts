// Light, dark, or as the system has it; kept for the next visit where the browser keeps anything.

import { button } from './elements.ts'

const choices = ['auto', 'light', 'dark'] as const
type Choice = (typeof choices)[number]
const kept = 'eastwest.theme'
const changed = 'eastwest-theme'
const texts: Readonly<Record<Choice, string>> = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }

export interface ThemeSwitch {
  readonly node: HTMLButtonElement
  next(): void
}

export function openThemeSwitch(storage: Storage | undefined): ThemeSwitch {
  let choice = choices.find((each) => each === storage?.getItem(kept)) ?? 'auto'
  const apply = (): void => {
    if (choice === 'auto') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = choice
    node.textContent = texts[choice]
    document.dispatchEvent(new Event(changed))
  }
  const next = (): void => {
    choice = choices[(choices.indexOf(choice) + 1) % choices.length] ?? 'auto'
    storage?.setItem(kept, choice)
    apply()
  }
  const node = button('', next, { class: 'quiet' })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
  apply()
  return { node, next }
}

/** What is drawn on a canvas is drawn again. */
export function onThemeChange(listener: () => void, gone: AbortSignal): void {
  document.addEventListener(changed, listener, { signal: gone })
}

/** A colour of the styles as a canvas takes it, in the theme of now. */
export function colourOf(name: string): string {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  probe.style.color = `var(--${name})`
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
