// Starts a real embedded store in a folder of its own, from the compiled child, and asks it over HTTP.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StoreChild, type StoreChildOptions, startStoreChild } from '../../collector/store/embedded/store-child.ts'
import { root } from '../architecture/source-files.ts'

export const storeChildEntry = join(root, 'dist/collector/store/embedded/child.js')

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface AskOptions {
  readonly as?: 'writer' | 'reader' | 'nobody'
  readonly method?: string
  /** Sent as it is; the SQL then goes into the URL. */
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly url?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

export interface EmbeddedStore {
  readonly child: StoreChild
  readonly directory: string
  readonly ask: (sql: string, options?: AskOptions) => Promise<Answer>
  /** Stops it and removes its folder. */
  readonly end: () => Promise<void>
}

export async function startEmbeddedStore(options: Partial<StoreChildOptions> = {}): Promise<EmbeddedStore> {
  if (!existsSync(storeChildEntry)) throw new Error('the compiled child is missing: run "npm run build" first')
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'eastwest-store-'))
  const child = await startStoreChild({ directory, port: 0, entry: storeChildEntry, ...options })
  return {
    child,
    directory,
    ask: (sql, how = {}) => askStore(child, sql, how),
    end: async () => {
      await child.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export async function askStore(child: StoreChild, sql: string, how: AskOptions = {}): Promise<Answer> {
  const { as = 'writer', method = 'POST', body, url = {}, headers = {} } = how
  const inUrl = body !== undefined || method === 'GET'
  const search = new URLSearchParams({ ...url, ...(inUrl ? { query: sql } : {}) })
  const account = as === 'nobody' ? undefined : child[as]
  const reply = await fetch(`${child.url}/?${search}`, {
    method,
    headers: {
      ...(account === undefined ? {} : { 'X-ClickHouse-User': account.username, 'X-ClickHouse-Key': account.password }),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: body ?? sql }),
  })
  return { status: reply.status, text: await reply.text(), headers: reply.headers }
}
