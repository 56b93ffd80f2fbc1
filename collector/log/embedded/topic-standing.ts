// Where a compacted topic stands, as the state file keeps it with every group.

export interface Standing {
  readonly incarnation: string
  readonly nextOffset: number
  /** The newest append time, epoch ms. */
  readonly newestAt: number
  /** Heads and values held. */
  readonly bytes: number
}

/** The standing in an unsealed value, or undefined. The value's checksum held, so only its shape is looked at. */
export function parseStanding(value: unknown): Standing | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!('incarnation' in value) || !('nextOffset' in value) || !('newestAt' in value) || !('bytes' in value))
    return undefined
  const { incarnation, nextOffset, newestAt, bytes } = value
  const isShaped =
    typeof incarnation === 'string' &&
    typeof nextOffset === 'number' &&
    typeof newestAt === 'number' &&
    typeof bytes === 'number'
  return isShaped ? { incarnation, nextOffset, newestAt, bytes } : undefined
}
