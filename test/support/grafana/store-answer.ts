// Asks a store over HTTP, and gives rows with the types of their columns and what reading them took.

import { z } from 'zod'

const answerSchema = z.object({
  meta: z.array(z.object({ name: z.string(), type: z.string() })),
  data: z.array(z.record(z.string(), z.unknown())),
  statistics: z.object({ elapsed: z.number(), rows_read: z.number(), bytes_read: z.number() }),
})

export interface StoreAnswer {
  /** In the order of the query. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly rowsRead: number
  readonly bytesRead: number
}

const deadlineMs = 60_000

/** @throws Error with what the store says where it refuses */
export async function askStore(
  url: string,
  { username, password }: { readonly username: string; readonly password: string },
  sql: string,
): Promise<StoreAnswer> {
  const reply = await fetch(`${url}/?default_format=JSON`, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
    signal: AbortSignal.timeout(deadlineMs),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${text.slice(0, 600)}\nin: ${sql}`)
  const { meta, data, statistics } = answerSchema.parse(JSON.parse(text))
  return { columns: meta, rows: data, rowsRead: statistics.rows_read, bytesRead: statistics.bytes_read }
}
