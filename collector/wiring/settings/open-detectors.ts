// The detectors that the settings leave in force, each opened with its own section of them.

import { detectors } from '../../../detectors/catalog.ts'
import type { OpenDetector } from '../../../detectors/engine/entry.ts'
import type { Settings } from './settings.ts'

export function openDetectors(settings: Pick<Settings, 'detectors'>): readonly OpenDetector[] {
  const sections: Readonly<Record<string, unknown>> = settings.detectors
  return detectors
    .filter(({ id }) => !settings.detectors.disabled.includes(id))
    .map((detector) => detector.open(sections[detector.id] ?? {}))
}
