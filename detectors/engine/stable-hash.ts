// Hashes of texts that are the same in every run and on every machine: for key groups and for shortening, not for secrets.

export const keyGroups = 256

/** 32 bits over UTF-16 code units (FNV-1a, then the finalizer of MurmurHash3 so that low bits are as good as high ones). */
export function hash32(text: string, seed = basis): number {
  return finished(folded(text, seed)) >>> 0
}

const basis = 0x811c9dc5

function folded(text: string, seed: number): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

function finished(folded: number): number {
  let hash = Math.imul(folded ^ (folded >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** 64 bits as 16 hex digits. */
export function hash64(text: string): string {
  const high = hash32(text).toString(16).padStart(8, '0')
  return high + hash32(text, 0x9747b28c).toString(16).padStart(8, '0')
}

/** Hashes keys of one tenant and keyspace, the same in every realm and mode: 32 bits with a sign, as an object keeps them best. */
export function keyHasher(tenant: string, keyspace: string): (key: string) => number {
  const seed = folded(`${tenant}\u0000${keyspace}\u0000`, basis)
  return (key) => finished(folded(key, seed))
}

/** Which of the 256 groups a key of that hash falls into. */
export function groupOf(hash: number): number {
  return hash & (keyGroups - 1)
}
