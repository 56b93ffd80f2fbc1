// Decodes records of the log as the settings say: what is stored and judged.

import { hash } from 'node:crypto'
import { decoders } from '../../decoders/catalog.ts'
import { openRecordDecoder, type RecordDecoder } from '../../decoders/decode-record.ts'
import type { Settings } from '../settings/settings.ts'

export function openLiveDecoder({ decoders: settings, tenant }: Pick<Settings, 'decoders' | 'tenant'>): RecordDecoder {
  return openRecordDecoder({ decoders, settings, tenant, digest: (bytes) => hash('sha256', bytes, 'binary') })
}
