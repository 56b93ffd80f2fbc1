// The network a client's address belongs to, as coarse as one site or subscriber: AS and country, /24 or /48.

/**
 * `AS64500 NL` where both are known, else `203.0.113.0/24` or `2001:db8:7::/48`; `''` of what is no address. An IPv4 address
 * within IPv6 (`::ffff:203.0.113.9`) is the IPv4 address.
 */
export function networkOf(address: string, asn: string, country: string): string {
  if (asn !== '' && country !== '') return `${asn} ${country}`.replaceAll('|', '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return address.includes(':') && mapped === undefined ? ipv6Network(address) : ipv4Network(mapped ?? address)
}

/** `4`, `6`, or `''` for a network that is not told by an address. */
export function addressFamily(network: string): '4' | '6' | '' {
  if (!network.includes('/')) return ''
  return network.includes(':') ? '6' : '4'
}

function ipv4Network(address: string): string {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(address)
  return parts === null ? '' : `${Number(parts[1])}.${Number(parts[2])}.${Number(parts[3])}.0/24`
}

function ipv6Network(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after]
  if (groups.length !== 8 || !groups.slice(0, 3).every((group) => /^[0-9a-f]{1,4}$/.test(group))) return ''
  const prefix = groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/48`
}
