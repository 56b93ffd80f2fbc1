// An embedded store in a folder of its own, for one replay or for several that follow each other.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { Outages } from '../run/outages.ts'
import { processClocks } from '../run/process-clocks.ts'
import { openStoreLink, type StoreLink } from '../run/store-link.ts'
import type { Settings } from '../settings/settings.ts'

export interface TemporaryStore {
  readonly link: Pick<StoreLink, 'shards' | 'ready'>
  /** Ends it and takes its folder away. */
  close(): Promise<void>
}

export async function openTemporaryStore(settings: Settings['store'], logger: Logger): Promise<TemporaryStore> {
  const folder = await mkdtemp(join(tmpdir(), 'eastwest-store-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const outages = new Outages(logger, processClocks)
  try {
    const link = await openStoreLink({
      // The port is free, whatever runs beside it.
      settings: { ...settings, url: undefined, cluster: undefined, port: 0 },
      directory: folder,
      claim: 1,
      logger,
      onOutage: (error) => outages.set('store', error),
      environment: {},
    })
    return { link, close: () => link.close().finally(remove) }
  } catch (cause) {
    await remove()
    throw cause
  }
}
