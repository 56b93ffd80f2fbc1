// What a user agent says of the kind of client: family, operating system and device class, never a version.

/** Tokens that name a family, most specific first: every Chromium also says Chrome, every Chrome also says Safari. */
const families: readonly (readonly [string, string])[] = [
  ['edg', 'Edge'],
  ['opr/', 'Opera'],
  ['samsungbrowser', 'Samsung Internet'],
  ['vivaldi', 'Vivaldi'],
  ['yabrowser', 'Yandex'],
  ['duckduckgo', 'DuckDuckGo'],
  ['headlesschrome', 'headless Chrome'],
  ['firefox', 'Firefox'],
  ['fxios', 'Firefox'],
  ['crios', 'Chrome'],
  ['chrome', 'Chrome'],
  ['safari', 'Safari'],
]

const systems: readonly (readonly [string, string])[] = [
  ['windows', 'Windows'],
  ['android', 'Android'],
  ['iphone', 'iOS'],
  ['ipad', 'iOS'],
  ['ios', 'iOS'],
  ['cros ', 'ChromeOS'],
  ['mac os', 'macOS'],
  ['macintosh', 'macOS'],
  ['darwin', 'macOS or iOS'],
  ['linux', 'Linux'],
]

/** What is read of one: strangers write them, and what matters stands at the front. */
const maxChars = 512
const maxNameChars = 24

/**
 * `Chrome on Windows, desktop`, `Safari on iOS, phone`, `curl`; `''` for none. Programs that are no browser are named by
 * their first product. Never holds `|`.
 */
export function agentOf(userAgent: string): string {
  if (userAgent === '') return ''
  const lower = userAgent.slice(0, maxChars).toLowerCase()
  const system = systems.find(([sign]) => lower.includes(sign))?.[1] ?? ''
  const isBrowser = lower.startsWith('mozilla/') && families.some(([sign]) => lower.includes(sign))
  const family = isBrowser ? (families.find(([sign]) => lower.includes(sign))?.[1] ?? '') : productOf(lower)
  const device = isBrowser ? deviceOf(lower) : ''
  return `${family}${system === '' ? '' : ` on ${system}`}${device === '' ? '' : `, ${device}`}`
}

function deviceOf(lower: string): string {
  if (lower.includes('ipad') || lower.includes('tablet')) return 'tablet'
  if (lower.includes('android')) return lower.includes('mobile') ? 'phone' : 'tablet'
  return lower.includes('iphone') || lower.includes('mobile') ? 'phone' : 'desktop'
}

/** Letters of the first product, without what follows the slash: its version. */
function productOf(lower: string): string {
  const end = lower.search(/[/\s(;]/)
  const name = (end < 0 ? lower : lower.slice(0, end)).replace(/[^a-z0-9._+-]/g, '').replace(/[-_.]?v?\d[\d._-]*$/, '')
  return name === '' ? 'unnamed program' : name.slice(0, maxNameChars)
}
