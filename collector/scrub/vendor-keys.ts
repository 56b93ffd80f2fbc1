// Keys that are known by their shape alone: one row for each kind, with the four characters by which it is found.

import { referencePrefix } from '../../schemas/token-reference.ts'
import { alphanumeric, isIn } from './characters.ts'
import type { Found } from './found.ts'
import { isPlaceholder, looksRandom } from './placeholders.ts'
import type { View } from './spellings.ts'

export interface VendorKey {
  readonly name: string
  /** Four characters of the key, `*` for a letter or digit, `?` for anything. */
  readonly windows: readonly string[]
  /** How many characters of the key come before the window; −1 where the key begins behind its first character. */
  readonly before: number
  /** Matched where the key begins; a group in it is the part that goes. Character classes with bounds only. */
  readonly shape: RegExp
  /** The window may stand within a word. */
  readonly inside?: boolean
  /** The shape alone also fits ordinary words. */
  readonly random?: boolean
}

export const vendorKeys: readonly VendorKey[] = [
  {
    name: 'AWS access key id',
    windows: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    before: 0,
    shape: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/y,
  },
  {
    name: 'GitHub',
    windows: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    before: 0,
    shape: /gh[pousr]_[A-Za-z0-9_]{20,255}/y,
  },
  { name: 'GitHub fine-grained', windows: ['hub_'], before: 3, shape: /github_pat_[A-Za-z0-9_]{20,255}/y },
  { name: 'Shopify', windows: ['hpat'], before: 1, shape: /shpat_[A-Fa-f0-9]{32}/y },
  { name: 'Docker', windows: ['kr_p'], before: 2, shape: /dckr_pat_[A-Za-z0-9_-]{20,64}/y },
  {
    name: 'GitLab',
    windows: ['glpa', 'gldt', 'glcb', 'glpt', 'glft'],
    before: 0,
    shape: /gl[a-z]{2,6}-[A-Za-z0-9_.=-]{16,300}/y,
    random: true,
  },
  {
    name: 'Slack',
    windows: ['xoxa', 'xoxb', 'xoxc', 'xoxd', 'xoxe', 'xoxo', 'xoxp', 'xoxr', 'xoxs', 'xapp'],
    before: 0,
    shape: /(?:xox[a-z](?:\.xox[bp])?|xapp)-[A-Za-z0-9%+/=-]{10,400}/y,
  },
  {
    name: 'Slack webhook',
    windows: ['ack.'],
    before: 8,
    shape: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9_/-]{20,200})/y,
  },
  {
    name: 'Discord webhook',
    windows: ['ooks'],
    before: 0,
    inside: true,
    shape: /ooks\/\d{15,20}\/([A-Za-z0-9_-]{30,100})/y,
  },
  {
    name: 'Stripe',
    windows: ['sk_l', 'sk_t', 'rk_l', 'rk_t'],
    before: 0,
    shape: /[sr]k_(?:live|test)_[A-Za-z0-9]{10,250}/y,
  },
  {
    name: 'webhook signing secret',
    windows: ['hsec', 'hsk_'],
    before: 1,
    shape: /wh(?:sec|sk)_[A-Za-z0-9+/=_-]{16,200}/y,
  },
  { name: 'Google API key', windows: ['AIza'], before: 0, shape: /AIza[A-Za-z0-9_-]{35}/y },
  { name: 'Google access token', windows: ['ya29'], before: 0, shape: /ya29\.[A-Za-z0-9_.-]{20,2048}/y },
  { name: 'Google client secret', windows: ['GOCS'], before: 0, shape: /GOCSPX-[A-Za-z0-9_-]{20,60}/y },
  {
    name: 'OpenAI, Anthropic',
    windows: ['sk-p', 'sk-a', 'sk-o', 'sk-s'],
    before: 0,
    shape: /sk-[A-Za-z0-9_-]{20,300}/y,
    random: true,
  },
  { name: 'OpenAI, older', windows: ['T3Bl'], before: 23, shape: /sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}/y },
  { name: 'npm', windows: ['npm_'], before: 0, shape: /npm_[A-Za-z0-9]{36,72}/y },
  { name: 'SendGrid', windows: ['?SG.'], before: -1, shape: /SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}/y },
  {
    name: 'Azure AD client secret',
    windows: ['8Q~*'],
    before: 3,
    shape: /[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}/y,
  },
  { name: 'Vault', windows: ['hvs.', 'hvb.'], before: 0, shape: /hv[sb]\.[A-Za-z0-9_-]{20,300}/y },
  {
    name: 'Terraform Cloud',
    windows: ['tlas'],
    before: 16,
    shape: /[A-Za-z0-9]{14}\.atlasv\d\.[A-Za-z0-9_=-]{40,80}/y,
  },
  { name: 'PyPI', windows: ['pypi'], before: 0, shape: /pypi-[A-Za-z0-9_-]{16,300}/y, random: true },
  { name: 'Databricks', windows: ['dapi'], before: 0, shape: /dapi[0-9a-f]{32}(?:-\d)?/y },
  { name: 'Grafana', windows: ['glsa', 'glc_'], before: 0, shape: /gl(?:sa|c)_[A-Za-z0-9_=+/-]{32,400}/y },
  { name: 'DigitalOcean', windows: ['_v1_'], before: 3, shape: /do[opr]_v1_[a-f0-9]{64}/y },
  { name: 'Square', windows: ['sq0a', 'sq0c'], before: 0, shape: /sq0(?:atp|csp)-[A-Za-z0-9_-]{20,64}/y },
  { name: 'Supabase', windows: ['sbp_'], before: 0, shape: /sbp_[a-f0-9]{40}/y },
  { name: 'Postman', windows: ['PMAK'], before: 0, shape: /PMAK-[A-Za-z0-9-]{50,80}/y },
  { name: 'New Relic', windows: ['NRAK', 'NRII'], before: 0, shape: /NR(?:AK|II)-[A-Za-z0-9_-]{24,64}/y },
  { name: 'Dynatrace', windows: ['dt0c', 'dt0s'], before: 0, shape: /dt0[cs]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/y },
  { name: 'age', windows: ['E-SE'], before: 2, shape: /AGE-SECRET-KEY-1[A-Z0-9]{50,64}/y },
  {
    name: 'Atlassian',
    windows: ['ATAT', 'ATCT', 'ATBB'],
    before: 0,
    shape: /AT(?:ATT3x|CTT3x|BB)[A-Za-z0-9_=-]{24,300}/y,
  },
  { name: 'Telegram bot', windows: [':AA*'], before: 10, shape: /\d{10}:AA[A-Za-z0-9_-]{30,40}/y },
  {
    name: 'SAML message in base64',
    windows: ['PHNh', 'PEFz'],
    before: 0,
    shape: /P(?:HNhbWw|EFzc2Vy)[A-Za-z0-9+/_-]{60,}={0,2}/y,
  },
  { name: 'base64 of a JWT', windows: ['ZXlK'], before: 0, shape: /ZXlK[A-Za-z0-9+/_-]{40,}={0,2}/y },
]

/** Shapes too plain to search for in every record: looked for only where the record names their vendor. */
export const vendorWords: readonly { readonly window: string; readonly vendor: RegExp; readonly shape: RegExp }[] = [
  { window: 'oogl', vendor: /google/i, shape: /(?<![A-Za-z0-9])1\/\/0[A-Za-z0-9_-]{30,256}/g },
  { window: 'wili', vendor: /twilio/i, shape: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![0-9A-Za-z])/g },
  { window: 'uggi', vendor: /hugging/i, shape: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,64}/g },
  { window: 'vaul', vendor: /vault/i, shape: /(?<![A-Za-z0-9.])[sb]\.[A-Za-z0-9]{24,92}(?![A-Za-z0-9.])/g },
]

const anyFirst = vendorKeys.filter((key) => key.windows.some((window) => /^[*?]/.test(window)))
const byFirst = new Map<string, readonly VendorKey[]>()
for (const first of new Set(vendorKeys.flatMap((key) => key.windows.map((window) => window.charAt(0))))) {
  byFirst.set(first, [
    ...vendorKeys.filter((key) => key.windows.some((window) => window.startsWith(first))),
    ...anyFirst,
  ])
}

export function lookAtVendorKey(view: View, at: number, found: Found[]): number {
  const { text } = view
  for (const key of byFirst.get(text.charAt(at)) ?? anyFirst) {
    if (!key.windows.some((window) => fits(window, text, at))) continue
    const start = at - key.before
    if (start < 1 || (key.inside !== true && isIn(alphanumeric, text, start - 1))) continue
    key.shape.lastIndex = start
    const match = key.shape.exec(text)
    if (match === null || match[0].includes(referencePrefix) || (key.random === true && !looksRandom(match[0])))
      continue
    const part = match[1] ?? match[0]
    const end = start + match[0].length
    if (!isPlaceholder(part)) found.push({ start: end - part.length, end })
    return end
  }
  return at + 1
}

/** Adds what `vendorWords` finds; to be called once for a view. */
export function lookInContext(view: View, found: Found[]): void {
  for (const { vendor, shape } of vendorWords) {
    if (!vendor.test(view.text)) continue
    for (const match of view.text.matchAll(shape))
      found.push({ start: match.index, end: match.index + match[0].length })
  }
}

function fits(window: string, text: string, at: number): boolean {
  for (let offset = 0; offset < 4; offset++) {
    const wanted = window[offset]
    if (wanted === '?') continue
    if (wanted === '*' ? !isIn(alphanumeric, text, at + offset) : wanted !== text[at + offset]) return false
  }
  return true
}
