// Every kind of credential that must never be kept, made up anew from a seed, and where each one is usually met.

import { alphanumeric, base64, base64url, digits, hex, openRandom, type Random, upper } from './random.ts'

/** Where a secret stands: under a name, as a parameter of an address, or by itself in running text. */
export type Place =
  | { readonly at: 'field' | 'query'; readonly name: string; readonly value: string }
  | { readonly at: 'text'; readonly value: string }

export interface Secret {
  readonly kind: string
  /** What must be gone afterwards, decoded forms included. */
  readonly needles: readonly string[]
  readonly places: readonly Place[]
}

type Maker = (random: Random) => Omit<Secret, 'kind'>

const field = (name: string, value: string): Place => ({ at: 'field', name, value })
const query = (name: string, value: string): Place => ({ at: 'query', name, value })
const text = (value: string): Place => ({ at: 'text', value })
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function jwt(random: Random, header: object, signatureLength: number, claims: object = {}): string {
  const subject = `u-${random.text(digits, 6)}`
  const payload = { iss: 'https://idp.shop.example', sub: subject, jti: random.text(hex, 16), ...claims }
  return [encoded(header), encoded(payload), random.text(base64url, signatureLength)].join('.')
}

function tokenPlaces(token: string): readonly Place[] {
  return [
    field('authorization', `Bearer ${token}`),
    field('access_token', token),
    field('x-forwarded-access-token', token),
    query('access_token', token),
    text(`validating ${token} for checkout`),
    text(`sent Authorization: Bearer ${token} upstream`),
  ]
}

/** A token whose shape tells nothing: only its place does. */
function opaque(names: readonly string[], alphabet: string, length: number): Maker {
  return (random) => {
    const value = random.text(alphabet, length - 1) + random.text(digits, 1)
    return { needles: [value], places: names.flatMap((name) => [field(name, value), query(name, value)]) }
  }
}

/** A key that its shape gives away anywhere. */
function shaped(make: (random: Random) => string): Maker {
  return (random) => {
    const value = make(random)
    return {
      needles: [value],
      places: [
        field('note', value),
        text(`using key ${value} now`),
        text(`key="${value}", retry`),
        field('api_key', value),
      ],
    }
  }
}

const makers: Readonly<Record<string, Maker>> = {
  'jwt rs256': (random) => signed(jwt(random, { alg: 'RS256', kid: 'k1' }, 342)),
  'jwt es256': (random) => signed(jwt(random, { typ: 'at+jwt', alg: 'ES256' }, 86, { scope: 'refunds:write' })),
  'jwt hs256': (random) => signed(jwt(random, { alg: 'HS256', typ: 'JWT' }, 43)),
  'dpop proof': (random) => {
    const jwk = { kty: 'EC', crv: 'P-256', x: random.text(base64url, 43), y: random.text(base64url, 43) }
    const proof = jwt(random, { typ: 'dpop+jwt', alg: 'ES256', jwk }, 86, {
      htm: 'POST',
      htu: 'https://api.shop.example/refunds',
    })
    return { needles: [proof, signatureOf(proof)], places: [field('dpop', proof), text(`dpop: ${proof}`)] }
  },
  jwe: (random) => {
    const header = encoded({ alg: 'RSA-OAEP', enc: 'A256GCM' })
    const rest = [342, 16, 120, 22].map((length) => random.text(base64url, length))
    return { needles: rest, places: tokenPlaces([header, ...rest].join('.')) }
  },
  'base64 of a jwt': (random) => {
    const token = jwt(random, { alg: 'RS256' }, 342)
    const wrapped = Buffer.from(token).toString('base64')
    return {
      needles: [signatureOf(token), wrapped],
      places: [field('data', wrapped), text(`secret data ${wrapped} read`)],
    }
  },
  'opaque bearer': (random) => {
    const token = random.text(base64url, 27) + random.text(digits, 1)
    return {
      needles: [token],
      places: tokenPlaces(token).filter(({ value }) => (value === token ? false : value.includes('Bearer'))),
    }
  },
  basic: (random) => {
    const password = random.text(alphanumeric, 14)
    const pair = Buffer.from(`svc-cart:${password}`).toString('base64')
    return {
      needles: [password, pair.replace(/=+$/, '')],
      places: [
        field('authorization', `Basic ${pair}`),
        field('proxy-authorization', `Basic ${pair}`),
        text(`got "Authorization: Basic ${pair}" from peer`),
      ],
    }
  },
  digest: (random) => {
    const response = random.text(hex, 32)
    return {
      needles: [response],
      places: [field('authorization', `Digest username="cart", realm="shop", uri="/", response="${response}"`)],
    }
  },
  cookies: (random) => {
    const [one, two] = [random.text(alphanumeric, 20), random.text(base64url, 24)]
    return {
      needles: [one, two],
      places: [
        field('cookie', `sid=${one}; theme=${two}`),
        field('Cookie', `a="${one}"; b=${two}`),
        text(`Cookie: sid=${one}; other=${two}`),
      ],
    }
  },
  'set-cookie': (random) => {
    const value = random.text(base64url, 32)
    return {
      needles: [value],
      places: [
        field('set-cookie', `session=${value}; Path=/; HttpOnly; SameSite=Lax`),
        text(`Set-Cookie: session=${value}; Secure`),
      ],
    }
  },
  password: (random) => {
    const value = `${random.text(alphanumeric, 12)}!`
    const names = ['password', 'db_password', 'userPassword', 'PASSWD', 'new-password', 'pwd', 'passphrase']
    return {
      needles: [value.slice(0, -1)],
      places: [...names.map((name) => field(name, value)), query('password', value)],
    }
  },
  'client secret': opaque(['client_secret', 'clientSecret', 'CLIENT-SECRET'], base64url, 32),
  'refresh token': opaque(['refresh_token', 'refreshToken', 'id_token'], base64url, 40),
  'api key': opaque(['api_key', 'X-Api-Key', 'apikey'], alphanumeric, 32),
  'authorization code': opaque(['code'], base64url, 43),
  'session cookie': opaque(['JSESSIONID', 'session_token', 'x-auth-token'], alphanumeric, 32),
  'saml response': (random) => {
    const value = Buffer.from(`<samlp:Response>${random.text(alphanumeric, 90)}</samlp:Response>`).toString('base64')
    return { needles: [value.slice(40)], places: [field('SAMLResponse', value), query('SAMLResponse', value)] }
  },
  aws: (random) => {
    const [id, secret] = [`AKIA${random.text(upper, 16)}`, random.text(base64, 40)]
    return {
      needles: [id, secret],
      places: [
        field('aws_secret_access_key', secret),
        field('secretAccessKey', secret),
        text(`aws_access_key_id=${id} aws_secret_access_key=${secret}`),
      ],
    }
  },
  'aws signed address': (random) => {
    const [signature, session] = [random.text(hex, 64), `Fwo${random.text(base64, 120)}`]
    return {
      needles: [signature, session],
      places: [query('X-Amz-Signature', signature), query('X-Amz-Security-Token', session)],
    }
  },
  github: shaped((random) => `ghp_${random.text(alphanumeric, 36)}`),
  'github oauth': shaped((random) => `gho_${random.text(alphanumeric, 36)}`),
  'github fine-grained': shaped((random) => `github_pat_${random.text(alphanumeric, 82)}`),
  gitlab: shaped((random) => `glpat-${random.text(alphanumeric, 19)}7`),
  slack: shaped((random) => `xoxb-${random.text(digits, 12)}-${random.text(alphanumeric, 24)}`),
  stripe: shaped((random) => `sk_live_${random.text(alphanumeric, 24)}`),
  'webhook secret': shaped((random) => `whsec_${random.text(base64, 32)}`),
  'google api key': shaped((random) => `AIza${random.text(base64url, 35)}`),
  'google token': shaped((random) => `ya29.${random.text(base64url, 80)}`),
  openai: shaped((random) => `sk-proj-${random.text(alphanumeric, 40)}9a`),
  anthropic: shaped((random) => `sk-ant-api03-${random.text(base64url, 80)}9aB`),
  npm: shaped((random) => `npm_${random.text(alphanumeric, 36)}`),
  sendgrid: shaped((random) => `SG.${random.text(base64url, 22)}.${random.text(base64url, 43)}`),
  vault: shaped((random) => `hvs.${random.text(base64url, 24)}`),
  pypi: shaped((random) => `pypi-AgEIcHlwaS5vcmc${random.text(base64url, 70)}`),
  azure: (random) => {
    const key = `${random.text(base64, 86)}==`
    return {
      needles: [key.slice(0, -2)],
      places: [
        text(`DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${key};EndpointSuffix=core.windows.net`),
        field('SharedAccessKey', key),
      ],
    }
  },
  twilio: (random) => {
    const key = `SK${random.text(hex, 32)}`
    return { needles: [key], places: [text(`twilio rejected ${key}`)] }
  },
  okta: (random) => {
    const key = `00${random.text(alphanumeric, 40)}`
    return { needles: [key], places: [field('authorization', `SSWS ${key}`), text(`Authorization: SSWS ${key}`)] }
  },
  'private key': (random) => {
    const lines = Array.from({ length: 4 }, () => random.text(base64, 64))
    const block = ['-----BEGIN RSA PRIVATE KEY-----', ...lines, '-----END RSA PRIVATE KEY-----', ''].join('\n')
    return { needles: lines, places: [field('private_key', block), field('note', block)] }
  },
  'user info': (random) => {
    const password = random.text(alphanumeric, 16)
    return {
      needles: [password],
      places: [
        text(`connecting to postgres://cart:${password}@db.shop:5432/orders`),
        field('url', `https://cart:${password}@api.shop.example/v1`),
      ],
    }
  },
}

function signed(token: string): Omit<Secret, 'kind'> {
  return { needles: [token, signatureOf(token)], places: tokenPlaces(token) }
}

function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1)
}

export const secretKinds: readonly string[] = Object.keys(makers)

/** One secret of a kind. */
export function makeSecret(kind: string, seed: number): Secret {
  const maker = makers[kind]
  if (maker === undefined) throw new Error(`no secret of kind "${kind}"`)
  return { kind, ...maker(openRandom(seed)) }
}
