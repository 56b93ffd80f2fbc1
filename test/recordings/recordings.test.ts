// Proves that recordings hold no credential, that the scrubber leaves their ids readable, and that they stay small.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openScrubber } from '../../collector/scrub/scrubber.ts'
import { scrubSettings } from '../../collector/scrub/settings.ts'
import { root } from '../architecture/source-files.ts'
import { recording, recordingsOf } from '../support/recordings.ts'

const scrubber = openScrubber({ id: 'k1', secret: Buffer.alloc(32, 7) }, scrubSettings.parse({}))
const paths = ['keycloak', 'oidc-provider'].flatMap((program) => [
  ...recordingsOf(program, '.log'),
  ...recordingsOf(program, '.jsonl'),
])

describe('the recording', () => {
  it('of each identity provider is there', () => {
    expect(paths.length).toBeGreaterThan(40)
  })

  it.each(paths.map((path) => [path]))('%s holds nothing that the scrubber takes out', (path) => {
    const text = recording(path).join('\n')
    expect(Buffer.from(scrubber.scrub(Buffer.from(text))).toString()).toBe(text)
  })

  it.each([['keycloak'], ['oidc-provider']])('of %s takes no more than 400 KB', (program) => {
    const folder = join(root, 'test', 'recordings', program)
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    expect(bytes).toBeLessThan(400_000)
  })
})
