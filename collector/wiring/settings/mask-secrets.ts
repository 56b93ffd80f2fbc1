// A copy of the settings in which secrets cannot be read.

const secretNames = /^(token|decisionToken|password|secrets?|clientSecret|key|authorization)$/i

export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, secretNames.test(name) ? masked(item) : maskSecrets(item)]),
  )
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  return value === '' || value === undefined ? value : '••••••••'
}
