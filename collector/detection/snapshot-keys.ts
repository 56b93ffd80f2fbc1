// Keys and bytes of snapshots in their compacted topic: chunks in two generations, and the manifest that names them.

import { z } from 'zod'
import type { GroupSnapshot } from '../../detectors/engine/snapshot.ts'
import type { FoldPosition } from '../../schemas/findings.ts'

/** Record bytes of one part of a chunk; a large group takes several. */
const partBytes = 1024 * 1024

export const manifestKey = 'manifest'

/** Two generations: a chunk that the current manifest names is never overwritten by the cycle under way. */
export type Generation = 'a' | 'b'

export function otherGeneration(generation: Generation | undefined): Generation {
  return generation === 'a' ? 'b' : 'a'
}

export function partKey(stage: string, group: number, generation: Generation, part: number): string {
  return `${stage}/${group}/${generation}/${part}`
}

const position = z.strictObject({ offset: z.int(), index: z.int() })

const groupEntry = z.strictObject({
  group: z.int(),
  position,
  /** Absent: the group held nothing. */
  chunk: z
    .strictObject({
      generation: z.enum(['a', 'b']),
      parts: z.int().min(1),
      digest: z.string(),
      taken: position,
      appendedThrough: z.number().nullable(),
      keys: z.int(),
    })
    .optional(),
})

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** Incarnation of the topic whose offsets the positions name. */
  incarnation: z.string(),
  /** What else whoever feeds the engine has to know to read on, as of the beginning of the cycle. */
  place: z.json().optional(),
  stages: z.array(z.strictObject({ stage: z.string(), stateVersion: z.string(), groups: z.array(groupEntry) })),
})

export type Manifest = z.infer<typeof manifestSchema>
export type GroupEntry = z.infer<typeof groupEntry>

export function encodeParts(snapshot: GroupSnapshot): readonly Uint8Array[] {
  const bytes = Buffer.from(snapshot.body, 'utf8')
  const parts: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += partBytes) parts.push(bytes.subarray(start, start + partBytes))
  return parts
}

export function smallest(a: FoldPosition, b: FoldPosition): FoldPosition {
  return a.offset < b.offset || (a.offset === b.offset && a.index <= b.index) ? a : b
}
