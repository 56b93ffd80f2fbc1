// What stands in the log where a record of a chunk stood that was too long for it: the rest of the chunk goes on without it.

/** The one key of such a line. Whoever sends it by hand gets a quarantine row, as for anything else that is no record. */
export const setAsideKey = 'eastwest.setAside'

export interface SetAside {
  /** Size of the record as it was sent. */
  readonly bytes: number
  /** Longest record that the receiver takes. */
  readonly limit: number
  /** The record's own id where it begins with one, else `''`. */
  readonly id: string
}

const idForm = /^[A-Za-z0-9_.:-]{0,64}$/

/** One line of JSON, shorter than 200 bytes. */
export function formatSetAside({ bytes, limit, id }: SetAside): string {
  return JSON.stringify({ [setAsideKey]: { bytes, limit, id: idForm.test(id) ? id : '' } })
}

/** Reads the value of the key; undefined where it is anything else. */
export function parseSetAside(value: unknown): SetAside | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { bytes, limit, id } = value as Partial<Record<keyof SetAside, unknown>> // each is checked next
  if (typeof bytes !== 'number' || typeof limit !== 'number' || typeof id !== 'string' || !idForm.test(id))
    return undefined
  return { bytes, limit, id }
}
