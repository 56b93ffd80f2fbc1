// Asks a running collector's own store, as its reader, with the password that lies in the data folder.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningCollector } from './running-collector.ts'

export interface StoreQuestions {
  /** The one row of an answer. */
  one<Row>(sql: string): Promise<Row>
  rows<Row>(sql: string): Promise<readonly Row[]>
  /** Every column of every row of every table, as text without escapes. */
  everything(): Promise<string>
}

const readerPassword = 'store-reader.password'

export function askStoreOf({ storeUrl, data }: Pick<RunningCollector, 'storeUrl' | 'data'>): StoreQuestions {
  const headers = {
    'X-ClickHouse-User': 'reader',
    'X-ClickHouse-Key': readFileSync(join(data, readerPassword), 'utf8').trim(),
  }
  const ask = async (sql: string): Promise<string> => {
    const reply = await fetch(storeUrl, { method: 'POST', body: sql, headers, signal: AbortSignal.timeout(60_000) })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`the store refused "${sql}": ${text}`)
    return text
  }
  const rows = async <Row>(sql: string): Promise<readonly Row[]> => {
    const lines = (await ask(`${sql} FORMAT JSONEachRow`)).split('\n').filter((line) => line !== '')
    return lines.map((line) => JSON.parse(line) as Row) // the caller wrote the question
  }
  return {
    rows,
    one: async <Row>(sql: string) => {
      const [row] = await rows<Row>(sql)
      if (row === undefined) throw new Error(`no row answers "${sql}"`)
      return row
    },
    everything: async () => {
      const tables = await rows<{ name: string; columns: number }>(
        'SELECT table AS name, count() AS columns FROM system.columns WHERE database = currentDatabase() GROUP BY table',
      )
      if (tables.length < 5) throw new Error(`too few tables are seen: ${tables.map(({ name }) => name).join(', ')}`)
      const texts: string[] = []
      for (const { name } of tables) texts.push(await ask(`SELECT * FROM \`${name}\` FORMAT TSVRaw`))
      return texts.join('\n')
    },
  }
}
