// Notices, while a crash run goes on, after which kill the first doubled coordinates were seen.

import { openStoreClient } from '../../collector/store/client.ts'
import { countDoubled, type StoreAccount } from '../support/oracle.ts'

const askMs = 5_000

export class DoublingWatch {
  readonly #seen: string[] = []
  #doubled = 0

  /** Asks once; `lastKill` is the one before this life of the collector. A store killed meanwhile has told nothing. */
  async look(store: StoreAccount, lastKill: string): Promise<void> {
    const client = openStoreClient({ ...store, database: 'default', timeoutMs: askMs })
    try {
      const doubled = await countDoubled(client)
      if (doubled > this.#doubled) this.#seen.push(`${doubled - this.#doubled} more after ${lastKill}`)
      this.#doubled = Math.max(doubled, this.#doubled)
    } catch {
      // The next life is asked again.
    } finally {
      await client.close()
    }
  }

  /** One line a sighting. */
  get sightings(): readonly string[] {
    return this.#seen
  }
}
