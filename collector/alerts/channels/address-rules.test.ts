// Which addresses are public, in every spelling, and which setting lets the others through.

import { describe, expect, it } from 'vitest'
import {
  type AddressClass,
  type AddressRules,
  allowsAddress,
  classifyAddress,
  isBlock,
  isSameAddress,
  refusal,
} from './address-rules.ts'
import { readEndpointUrl, shownUrl } from './endpoint-url.ts'

const strict: AddressRules = { allowPrivateAddresses: false, allowAddresses: [] }
const lenient: AddressRules = { allowPrivateAddresses: true, allowAddresses: [] }

// Both edges of each special block, and their public neighbours.
const classes: readonly (readonly [AddressClass, readonly string[]])[] = [
  ['unspecified', ['0.0.0.0', '0.255.255.255', '::', '::ffff:0.0.0.0']],
  ['private', ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255']],
  ['private', ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fd00:ec2::254', 'fec0::1', 'feff::1']],
  ['shared', ['100.64.0.0', '100.127.255.255', '100.100.100.200']],
  ['loopback', ['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']],
  ['loopback', ['64:ff9b::7f00:1', '64:ff9b::127.0.0.1', '0:0:0:0:0:ffff:127.0.0.1', '0000::0001']],
  ['private', ['::ffff:10.1.2.3', '::ffff:c0a8:101', '64:ff9b::a00:1', '64:ff9b::192.168.1.1']],
  ['link-local', ['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::', 'fe80::1%eth0', 'febf::1']],
  ['link-local', ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe']],
  ['cloud-platform', ['168.63.129.16', '::ffff:168.63.129.16', '64:ff9b::a83f:8110']],
  ['reserved', ['192.0.0.0', '192.0.0.192', '192.0.0.255', '192.0.2.0', '192.0.2.255', '192.31.196.1']],
  ['reserved', ['192.52.193.1', '192.175.48.1', '198.18.0.0', '198.19.255.255', '198.51.100.0', '203.0.113.255']],
  ['reserved', ['240.0.0.0', '255.255.255.254', '255.255.255.255', '::ffff:255.255.255.255']],
  ['reserved', ['100::1', '100:0:0:1::1', '2001:2::1', '2001:10::1', '2001:20::1', '2001:1ff:ffff::', '2001:db8::1']],
  ['reserved', ['3fff::1', '3fff:fff:ffff::1', '5f00::1', '64:ff9b:1::1', '64:ff9b:1::7f00:1', '::2', '::7f00:1']],
  ['reserved', ['1::1', '1fff:ffff::', '4000::1', 'fbff::1', 'fe00::1', '2620:4f:8000::1', '::ffff:0:127.0.0.1']],
  [
    'tunnel',
    ['192.88.99.1', '2001::1', '2001:0:ffff::1', '2002::', '2002:7f00:1::1', '2002:a9fe:a9fe::', '2002:ffff::'],
  ],
  ['multicast', ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1', 'ffff::', '::ffff:224.0.0.1']],
  ['public', ['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255']],
  ['public', ['128.0.0.0', '168.63.129.15', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0']],
  ['public', ['192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0']],
  ['public', ['203.0.112.255', '203.0.114.0', '223.255.255.255', '2606:4700::1111', '2a00:1450::1', '2001:200::1']],
  ['public', ['2001:4860:4860::8888', '2003::1', '3ffe::1', '3fff:1000::1', '2001:db9::1', '2620:4f:8001::1']],
  ['public', ['::ffff:8.8.8.8', '64:ff9b::808:808', '2400::']],
  [
    'unreadable',
    ['', 'localhost', '127.1', '0x7f000001', '2130706433', '017700000001', '127.0.0.01', '1.2.3', '1.2.3.4.5'],
  ],
  ['unreadable', ['256.1.1.1', '[::1]', ':::', '1::2::3', '127.0.0.1:80', '127.0.0.1/8', ' 127.0.0.1', '１２７.0.0.1']],
]

const vectors = classes.flatMap(([kind, addresses]) => addresses.map((address) => [address, kind] as const))

describe('classifyAddress', () => {
  it('is tried on more than a hundred addresses', () => {
    expect(vectors.length).toBeGreaterThan(100)
  })

  it.each(vectors)('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind)
    expect(allowsAddress(address, strict)).toBe(kind === 'public')
  })
})

describe('settings', () => {
  it.each(vectors)('that allow private addresses judge %s, which is %s', (address, kind) => {
    const expected = ['public', 'private', 'loopback', 'shared'].includes(kind)
    expect(allowsAddress(address, lenient)).toBe(expected)
  })

  it.each([
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.0.0/16', '::ffff:10.1.0.9', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['169.254.169.254', '169.254.169.254', true],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', '10.0.0.1', false],
    ['::/0', '10.0.0.1', false],
    ['0.0.0.0/0', 'fd00::1', false],
    ['0.0.0.0/0', '169.254.169.254', true],
    ['0.0.0.0/0', '0.0.0.0', false],
    ['0.0.0.0/0', '224.0.0.1', false],
    ['::/0', '::', false],
    ['::/0', 'ff02::1', false],
  ])('that allow %s judge %s: %j', (block, address, allowed) => {
    expect(allowsAddress(address, { ...strict, allowAddresses: [block] })).toBe(allowed)
  })

  it.each([
    ['10.0.0.0/8', true],
    ['10.0.0.1', true],
    ['fd00::/8', true],
    ['10.0.0.0/33', false],
    ['10.0.0.0/-1', false],
    ['10.0.0.0/', false],
    ['fd00::/129', false],
    ['example.com', false],
    ['10.0/8', false],
  ])('take %s as a block: %j', (text, valid) => {
    expect(isBlock(text)).toBe(valid)
  })
})

describe('a refusal', () => {
  it.each([
    [
      'localhost',
      '127.0.0.1',
      /"localhost" resolves to 127\.0\.0\.1.*loopback.*"alerts\.channels\.ops\.allowPrivateAddresses: true"/,
    ],
    [
      'metadata',
      '169.254.169.254',
      /cloud metadata.*add "169\.254\.169\.254" to "alerts\.channels\.ops\.allowAddresses"/,
    ],
    ['0.0.0.0', '0.0.0.0', /^"0\.0\.0\.0" is the unspecified address and can be no receiver$/],
  ])('of %s names the setting that would change it, where one would', (host, address, text) => {
    expect(refusal(host, address, 'alerts.channels.ops')).toMatch(text)
  })
})

describe('isSameAddress', () => {
  it.each([
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['127.0.0.1', '::1', false],
    ['nobody', 'nobody', false],
  ])('%s and %s: %j', (a, b, same) => {
    expect(isSameAddress(a, b)).toBe(same)
  })
})

describe('readEndpointUrl', () => {
  // What the URL parser makes of a host is what is judged: every one of these is loopback, private or metadata.
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://0x7F.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://１２７．０．０．１/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://127.0.0.1.:8080/',
    'http://0/',
    'http://0x0/',
    'http://0.0.0.0:22/',
    'http://[::1]/',
    'http://[::]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://10.1/',
    'http://192.168.257/',
    'http://255.255.255.255/',
    'https://100.64.0.1/',
  ])('refuses %s', (text) => {
    expect(readEndpointUrl(text, strict, '')).toMatchObject({ ok: false })
  })

  it.each([
    ['http://user@hooks.example/', /user or password/],
    ['http://user:secret@hooks.example/', /user or password/],
    ['http://8.8.8.8@127.0.0.1/', /user or password/],
    ['https://hooks.example/#fragment', /fragment/],
    ['ftp://hooks.example/', /"ftp:" is not spoken/],
    ['unix:/var/run/docker.sock', /"unix:" is not spoken/],
    ['javascript:alert(1)', /is not spoken/],
    ['//hooks.example/', /no URL/],
    ['hooks.example', /no URL/],
    ['', /no URL/],
    ['http://', /no URL/],
    ['http://[::1', /no URL/],
    ['http://[fe80::1%25eth0]/', /no URL/],
    ['http://1.2.3.4.5/', /no URL/],
    ['http://hooks.example\\@127.0.0.1/', /backslashes/],
    ['http://hooks.example/ x', /spaces/],
    ['http:\n//hooks.example/', /spaces/],
  ])('refuses %j and says why', (text, message) => {
    const read = readEndpointUrl(text, lenient, '')
    expect(read.ok ? 'accepted' : read.message).toMatch(message)
  })

  it.each([
    'https://hooks.example/a?b=c',
    'http://8.8.8.8/',
    'http://[2606:4700::1111]/',
    'https://hooks.example:8443/',
  ])('accepts %s', (text) => {
    expect(readEndpointUrl(text, strict, '')).toMatchObject({ ok: true })
  })

  it('shows no path and no query, which may be secrets', () => {
    expect(shownUrl(new URL('https://hooks.example:8443/services/T0/B0/x?token=y'))).toBe('https://hooks.example:8443')
  })
})
