// Identities of workloads in their canonical form, and what parts of them say.

/** One identity out of what a certificate says, and whether it said more than that one. */
export interface Principal {
  /** `''` where the text names nobody. */
  readonly identity: string
  readonly hasOthers: boolean
}

const spiffe = /^spiffe:\/\/([^/]+)(\/.*)?$/i
const istioPath = /^\/ns\/([^/]+)\/sa\/([^/]+)$/
const consulPath = /^\/ns\/([^/]+)\/dc\/[^/]+\/svc\/([^/]+)$/
const linkerdName = /^([^.]+)\.([^.]+)\.serviceaccount\.identity\./

/**
 * The first SPIFFE id of a list joined by `,` (several SANs), else the first name. The trust domain of a SPIFFE id is
 * lower case (SPIFFE-ID §2.1); its path is kept as it is.
 */
export function readPrincipal(text: string): Principal {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const identity = names.find((name) => spiffe.test(name)) ?? names[0] ?? ''
  return { identity: canonicalIdentity(identity), hasOthers: names.length > 1 }
}

/** A SPIFFE id with its scheme and trust domain in lower case; a name that says "nobody knows" is none. */
export function canonicalIdentity(name: string): string {
  const match = spiffe.exec(name)
  if (match !== null) return `spiffe://${(match[1] ?? '').toLowerCase()}${match[2] ?? ''}`
  return name.toLowerCase() === 'unknown' ? '' : name
}

export interface ServiceAccount {
  readonly name: string
  readonly namespace: string
}

/** Service account (of Consul: service) and namespace that an identity names; undefined for other shapes. */
export function serviceAccountOf(identity: string): ServiceAccount | undefined {
  const path = spiffe.exec(identity)?.[2] ?? ''
  const istio = istioPath.exec(path) ?? consulPath.exec(path)
  if (istio !== null) return { namespace: istio[1] ?? '', name: istio[2] ?? '' }
  const linkerd = linkerdName.exec(identity)
  return linkerd === null ? undefined : { name: linkerd[1] ?? '', namespace: linkerd[2] ?? '' }
}

/** Whether a list of hops names an identity: as it is, by its service account, or as `name.namespace`. */
export function isNamedIn(hops: readonly string[], identity: string): boolean {
  if (identity === '' || hops.length === 0) return false
  if (hops.includes(identity)) return true
  const account = serviceAccountOf(identity)
  return account !== undefined && (hops.includes(account.name) || hops.includes(`${account.name}.${account.namespace}`))
}

/** Whether a workload or service account is a first hop: one of `parts` occurs in its name. Egress is none. */
export function isIngressName(parts: readonly string[], name: string): boolean {
  const lower = name.toLowerCase()
  const egress = lower.includes('egress')
  return parts.some((part) => lower.includes(part.toLowerCase()) && (!egress || part.toLowerCase().includes('egress')))
}
