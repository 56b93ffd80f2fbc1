// What the catalogues hold, for the commands and pages that show it.

import { z } from 'zod'
import { detectors } from '../../detectors/catalog.ts'
import type { DetectorEntry } from '../../detectors/engine/entry.ts'
import { decoders } from '../decoders/catalog.ts'
import type { Decoder } from '../decoders/decoder.ts'

export interface SettingDescription {
  readonly name: string
  readonly default: string
  readonly description: string
}

export function listDetectors(): readonly DetectorEntry[] {
  return detectors
}

export function findDetector(id: string): DetectorEntry | undefined {
  return detectors.find((detector) => detector.id === id)
}

/** The fields of a detector's settings with default and meaning. */
export function describeSettings(schema: z.ZodType): readonly SettingDescription[] {
  // z.toJSONSchema of an object schema.
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as {
    properties?: Record<string, { default?: unknown; description?: string }>
  }
  return Object.entries(properties).map(([name, { default: value, description = '' }]) => ({
    name,
    default: JSON.stringify(value ?? null),
    description,
  }))
}

export function listFormats(): readonly Pick<Decoder, 'id' | 'title' | 'description' | 'kinds'>[] {
  return decoders
}
