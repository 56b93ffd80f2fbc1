// Which names of fields, parameters, headers and cookies hold a credential, in any case and any way to join words.

/**
 * - `secret`: whatever stands there goes, numbers too.
 * - `token`: goes, unless it is a short number or a plain word in running text.
 * - `guess`: goes when it looks random; the name alone says too little.
 * - `query`: as `guess`, and only as a parameter of an address.
 * - `authorization`, `cookie`, `set-cookie`: header values with parts of their own.
 * - `configured`: named in the settings: every string and number below it goes.
 */
export type FieldKind =
  | 'secret'
  | 'token'
  | 'guess'
  | 'query'
  | 'authorization'
  | 'cookie'
  | 'set-cookie'
  | 'configured'

export interface FieldNames {
  kindOf(name: string): FieldKind | undefined
}

const exact: Readonly<Record<FieldKind, string>> = {
  secret:
    'passwd pwd passphrase passcode otp totp otpcode totpcode mfacode smscode pincode securitycode verificationcode ' +
    'recoverycode backupcode privatekey secretkey secretaccesskey accountkey sharedaccesskey sharedkey masterkey signingkey ' +
    'encryptionkey authkey subscriptionkey functionskey passwords passwordconfirmation passwordrepeat passwordhash basicauth ' +
    'codeverifier connectionpassword sshkey mnemonic',
  token:
    'pass bearer tokens apikeys secrets samlresponse samlart ' +
    'idtokenhint devicecode authcode authorizationcode sessioncookie jsessionid phpsessid aspnetsessionid ' +
    'keycloakidentity keycloaksession authsessionid sessionsecret',
  guess: 'code sig',
  query: 'key',
  authorization: 'authorization',
  cookie: 'cookie cookies httpcookie requestcookie requestcookies reqcookie',
  'set-cookie': '',
  configured: '',
}

/** A name that ends so is of the kind, whatever stands before: `DB_PASSWORD`, `x-vault-token`, `stripeSecretKey`. */
const endings: readonly (readonly [string, FieldKind])[] = [
  ['password', 'secret'],
  ['passwd', 'secret'],
  ['passphrase', 'secret'],
  ['secret', 'secret'],
  ['secretkey', 'secret'],
  ['privatekey', 'secret'],
  ['secretaccesskey', 'secret'],
  ['apikey', 'secret'],
  ['accesskey', 'secret'],
  ['token', 'token'],
  ['authorization', 'authorization'],
  ['setcookie', 'set-cookie'],
  ['setcookies', 'set-cookie'],
  ['cookie', 'token'],
  ['signature', 'guess'],
]

/** Names that end as a credential does and are none: places in a list. */
const harmless = [
  'nexttoken',
  'pagetoken',
  'previoustoken',
  'continuationtoken',
  'synctoken',
  'cancellationtoken',
  'xamzcredential',
]

const builtIn = new Map<string, FieldKind>()
for (const kind of Object.keys(exact)) {
  // The keys of the record are the kinds.
  const known = kind as FieldKind
  for (const name of exact[known].split(' ')) if (name !== '') builtIn.set(name, known)
}

/** The built-in names whose values go wherever they stand, in lower case and without what joins their words. */
export const credentialNames: readonly string[] = [...builtIn.keys(), ...endings.map(([ending]) => ending)].filter(
  (name) => !['guess', 'query'].includes(kindOfPlain(name) ?? ''),
)

const maxCached = 4096

/** The built-in names and the configured ones. A configured name wins. */
export function fieldNames(configured: readonly string[]): FieldNames {
  const own = new Set(configured.map(joined))
  const cache = new Map<string, FieldKind | null>()

  function decide(name: string): FieldKind | undefined {
    const whole = joined(name)
    const last = joined(name.slice(name.lastIndexOf('.') + 1))
    if (own.has(whole) || own.has(last)) return 'configured'
    const kindOfLast = kindOfPlain(withoutNumber(last))
    // `http.request.header.cookie` ends as a session's cookie does, and is the header with all of them.
    return kindOfLast === 'cookie' ? kindOfLast : (kindOfPlain(withoutNumber(whole)) ?? kindOfLast)
  }

  return {
    kindOf(name) {
      const known = cache.get(name)
      if (known !== undefined) return known ?? undefined
      const kind = decide(name)
      if (cache.size >= maxCached) cache.clear()
      cache.set(name, kind ?? null)
      return kind
    },
  }
}

/** A name in lower case, its words written together. */
export function joined(name: string): string {
  return name.toLowerCase().replace(/[_.$-]/g, '')
}

/** `password2` is a password. */
function withoutNumber(name: string): string {
  return name.replace(/[0-9]{1,20}$/, '')
}

function kindOfPlain(name: string): FieldKind | undefined {
  const known = builtIn.get(name)
  if (known !== undefined) return known
  if (harmless.some((ending) => name.endsWith(ending))) return undefined
  return endings.find(([ending]) => name.endsWith(ending))?.[1]
}
