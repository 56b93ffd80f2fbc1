// The vocabulary of applications: what `RefundIssued`, `user_login_failed` or `ROLE-GRANTED` say, in our words.

import type { EventKind, Outcome } from '../../../schemas/events/event-kind.ts'
import { authnActions } from '../../../schemas/events/token-words.ts'

export interface ActionMeaning {
  /** Our name of the action; `''` where the vocabulary does not know it. */
  readonly known: string
  readonly kind: Extract<EventKind, 'authn' | 'authz' | 'action'>
  /** What the record wrote, as lower-case words joined by dots. */
  readonly written: string
  /** True when it only looks at something, as in `refund.list`. */
  readonly looks: boolean
  /** What its words say became of it. */
  readonly outcome: Outcome
}

/** Each stem with the other forms it is written in. */
const forms: Readonly<Record<string, string>> = {
  access: 'accessed accesses',
  allow: 'allowed allows permit permitted',
  assign: 'assigned assigns assignment',
  authorize: 'authorization authorisation authorise authorized authz authorizing',
  change: 'changed changes update updated updates modify modified edit edited set',
  chargeback: 'chargebacks',
  check: 'checked checks evaluate evaluated evaluation decide decided decision',
  create: 'created creates creation add added new make made',
  delete: 'deleted deletes deletion remove removed destroy destroyed drop dropped',
  deny: 'denied denies',
  deploy: 'deployed deploys deployment rollout released release',
  disable: 'disabled disables deactivate deactivated suspend suspended',
  enroll: 'enrolled enrol enrollment enrolment register registered registration',
  exchange: 'exchanged exchanges',
  grant: 'granted grants',
  impersonate: 'impersonated impersonation impersonating',
  introspect: 'introspected introspection',
  issue: 'issued issues issuing mint minted',
  key: 'keys',
  lock: 'locked locks locking',
  list: 'listed lists search searched query queried',
  login: 'logon logins signin signon authentication authenticate authenticated authenticating authn auth',
  log: 'logged logging',
  logout: 'logoff logouts signout',
  session: 'sessions',
  consent: 'consents',
  end: 'ended ends terminate terminated killed kill',
  mfa: '2fa totp otp twofactor webauthn',
  password: 'passwords passwd pwd',
  payout: 'payouts disbursement disbursed',
  permission: 'permissions privilege privileges entitlement entitlements',
  read: 'reads get gets fetch fetched view viewed views retrieve retrieved',
  refresh: 'refreshed refreshes renew renewed',
  refund: 'refunds refunded refunding reimburse reimbursed reimbursement',
  reset: 'resets resetted',
  revoke: 'revoked revokes revocation unassign unassigned',
  role: 'roles',
  rotate: 'rotated rotates rotation rotating',
  secret: 'secrets',
  sign: 'signed signing',
  token: 'tokens',
  transfer: 'transfers transferred',
  validate: 'validated validates validation verify verified verification',
}

/** Our name of an action, by the stems that say it, in any order. */
const phrases: Readonly<Record<string, readonly string[]>> = {
  refund: ['refund'],
  payout: ['payout'],
  transfer: ['transfer'],
  chargeback: ['chargeback'],
  deploy: ['deploy'],
  impersonation: ['impersonate', 'login switch', 'switch user'],
  'role.change': [
    'change role',
    'assign role',
    'create role',
    'delete role',
    'grant role',
    'revoke role',
    'change permission',
    'grant permission',
    'revoke permission',
  ],
  'key.rotate': ['key rotate'],
  'key.create': ['create key', 'issue key'],
  'key.delete': ['delete key', 'key revoke'],
  'secret.read': ['read secret', 'access secret'],
  'secret.rotate': ['rotate secret'],
  'secret.write': ['change secret', 'create secret'],
  'password.reset': ['password reset'],
  'credential.change': ['change password', 'change credential'],
  'mfa.reset': ['mfa reset', 'delete mfa', 'disable mfa'],
  'mfa.enroll': ['enroll mfa'],
  'user.create': ['create user'],
  registration: ['enroll user', 'account enroll', 'customer enroll', 'signup', 'sign up'],
  'user.delete': ['delete user'],
  'user.disable': ['disable user'],
  login: [
    'login',
    'in log',
    'in sign',
    'log on',
    'on sign',
    'disable login',
    'lock login',
    'invalid password',
    'bad password',
    'incorrect password',
    'password wrong',
  ],
  lockout: ['lockout', 'lock out', 'account lock', 'lock user'],
  'session.end': ['end session', 'expired session', 'session timeout', 'delete session'],
  'session.revoke': ['revoke session', 'disable session'],
  'grant.revoke': ['grant revoke', 'consent revoke', 'consent delete'],
  'code.exchange': ['code exchange', 'code token', 'authorize code exchange'],
  'client.login': ['client login'],
  logout: ['logout', 'log out', 'off log', 'out sign'],
  'mfa.challenge': ['mfa', 'challenge mfa', 'mfa validate', 'login mfa'],
  'token.issue': ['issue token', 'create token', 'grant token'],
  'token.refresh': ['refresh token'],
  'token.exchange': ['exchange token'],
  'token.revoke': ['revoke token', 'delete token'],
  'token.introspect': ['introspect token', 'introspect'],
  'token.validate': ['token validate', 'check token', 'expired token', 'invalid token', 'rejected token'],
  authorize: [
    'authorize',
    'access check',
    'access deny',
    'access allow',
    'access grant',
    'check permission',
    'check policy',
    'deny permission',
    'allow permission',
  ],
}
const aboutIdentity = new Set<string>([...authnActions, 'mfa.challenge'])

const outcomeWords: Readonly<Record<Exclude<Outcome, '' | 'would-deny'>, string>> = {
  reversed: 'reverse reversed cancel cancelled canceled void voided rolledback withdrawn',
  denied:
    'deny denied denies decline declined reject rejected refuse refused forbid forbidden unauthorized block blocked disallowed',
  failed: 'fail failed fails failure error errored invalid incorrect wrong bad expired timeout exception unsuccessful',
  allowed:
    'success succeeded successful successfully ok allow allowed permit permitted accept accepted approve approved complete ' +
    'completed done finished committed issued granted processed settled paid executed performed',
  pending: 'pending processing request requested initiate initiated submit submitted start started queued progress',
}
/** Words that name whose or which, and words that only say that it was done. */
const bystanders = new Set(
  (
    'a an the for of to by from with via user users customer customers account member client admin agent order orders ' +
    'payment payments card charge transaction money billing full partial event audit api app service flow step result ' +
    'response endpoint attempt attempted interactive credentials service provider'
  ).split(' '),
)
const doings = new Set('process perform do execute create created make made issue'.split(' '))
const lookingStems = new Set(['list', 'read', 'export', 'report'])

const stemOf = new Map(
  Object.entries(forms).flatMap(([stem, others]) => others.split(' ').map((form) => [form, stem] as const)),
)
const actionOf = new Map(
  Object.entries(phrases).flatMap(([action, said]) =>
    said.map((phrase) => [keyOf(phrase.split(' ')), action] as const),
  ),
)
const outcomeOf = new Map<string, Outcome>(
  Object.entries(outcomeWords).flatMap(
    ([outcome, words]) => words.split(' ').map((word) => [word, outcome as Outcome] as const), // keys of the table above are outcomes
  ),
)
const outcomeOrder: readonly Outcome[] = ['reversed', 'denied', 'failed', 'allowed', 'pending']

const maxCharacters = 128
const maxRemembered = 4096
const remembered = new Map<string, ActionMeaning>()

/** What a word like `ok`, `DECLINED` or `in_progress` says became of it; `''` where it says nothing we know. */
export function outcomeOfWords(text: string): Outcome {
  return meaningOfAction(text).outcome
}

/** Reads the name of an action or of an event. */
export function meaningOfAction(text: string): ActionMeaning {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const meaning = read(text)
  if (remembered.size >= maxRemembered) remembered.clear()
  if (text.length <= maxCharacters) remembered.set(text, meaning)
  return meaning
}

function read(text: string): ActionMeaning {
  const words = wordsOf(text)
  const stems = words.map((word) => stemOf.get(word) ?? word)
  const known = words.length === 0 || words.length > 8 ? '' : nameOf(words, stems)
  const said = new Set(words.map((word) => outcomeOf.get(word) ?? ''))
  const outcome = outcomeOrder.find((candidate) => said.has(candidate)) ?? ''
  return {
    known,
    kind: known === 'authorize' ? 'authz' : aboutIdentity.has(known) ? 'authn' : 'action',
    written: words.join('.'),
    looks: stems.some((stem) => lookingStems.has(stem)),
    outcome: outcomeOfAction(known, outcome === 'allowed' && words.includes('not') ? 'denied' : outcome),
  }
}

/** An authorization that failed is a no; a session that expired has ended as it should. */
function outcomeOfAction(known: string, said: Outcome): Outcome {
  if (known === 'authorize' && said === 'failed') return 'denied'
  return known === 'session.end' && said === 'failed' ? '' : said
}

function wordsOf(text: string): string[] {
  const found = text.slice(0, maxCharacters).match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lt}]+|\d+\p{Ll}*/gu) ?? []
  return found.map((word) => word.toLowerCase())
}

/** The longest reading wins: all words, then without bystanders, without words about the outcome, without either … */
function nameOf(words: readonly string[], stems: readonly string[]): string {
  const stands = (at: number): boolean => bystanders.has(words[at] ?? '')
  const judges = (at: number): boolean => outcomeOf.has(words[at] ?? '') || words[at] === 'not'
  const does = (at: number): boolean => doings.has(words[at] ?? '')
  return (
    lookUp(stems) ||
    lookUp(stems.filter((_, at) => !stands(at))) ||
    lookUp(stems.filter((_, at) => !judges(at))) ||
    lookUp(stems.filter((_, at) => !stands(at) && !judges(at))) ||
    lookUp(stems.filter((_, at) => !stands(at) && !judges(at) && !does(at)))
  )
}

function lookUp(stems: readonly string[]): string {
  return actionOf.get(keyOf(stems)) ?? ''
}

function keyOf(stems: readonly string[]): string {
  return [...new Set(stems)].sort().join(' ')
}
