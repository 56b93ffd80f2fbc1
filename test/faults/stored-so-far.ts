// Asks the store how far the numbered records are stored, of the rows that came since the last look.

import { openStoreClient } from '../../collector/store/client.ts'
import { asStoreError, StoreError } from '../../collector/store/store-error.ts'
import { digitsOfNumber } from '../support/numbered-records/record-kind.ts'
import { type StoreAccount, storedId } from '../support/oracle.ts'

const askMs = 1_000

export interface StoredSoFar {
  /** One more than the highest number stored: they are sent, and stored, in order. A store that does not answer has no news. */
  look(): Promise<number>
  close(): Promise<void>
}

export function openStoredSoFar(store: StoreAccount): StoredSoFar {
  const client = openStoreClient({ ...store, database: 'default', timeoutMs: askMs })
  let fromOffset = 0
  let stored = 0
  return {
    look: async () => {
      try {
        const result = await client.query({
          query: `SELECT toString(max(offset)) AS highest, toString(max(toUInt64OrZero(right(${storedId}, ${digitsOfNumber})))) AS number
            FROM event_rows WHERE offset >= {fromOffset:UInt64}`,
          query_params: { fromOffset },
          format: 'JSONEachRow',
        })
        const [row] = await result.json<{ highest: string; number: string }>()
        fromOffset = Math.max(fromOffset, Number(row?.highest ?? 0))
        if (fromOffset > 0) stored = Math.max(stored, Number(row?.number ?? 0) + 1)
      } catch (cause) {
        const error = asStoreError(cause, 'looking how far it is')
        if (!(error instanceof StoreError) || !error.retryable) throw error
      }
      return stored
    },
    close: () => client.close(),
  }
}
