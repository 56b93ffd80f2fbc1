// Calls between threads: their errors keep what callers decide by, and memory is handed over.

import { MessageChannel } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { LogError } from '../../log/log.ts'
import { openCalls } from './calls.ts'

const open: MessageChannel[] = []
afterEach(() => {
  for (const { port1 } of open.splice(0)) port1.close()
})

function connect<Local extends object>(local: Local) {
  const channel = new MessageChannel()
  open.push(channel)
  openCalls(channel.port2, local)
  return openCalls<Local, Record<string, never>>(channel.port1, {})
}

it('lets a caller see whether an error may be tried again', async () => {
  const far = connect({
    append: async (): Promise<void> => {
      throw new LogError('ERR_LOG_DISK_FULL', 'no room', true)
    },
  })
  await expect(far.append()).rejects.toMatchObject({
    name: 'LogError',
    message: 'no room',
    code: 'ERR_LOG_DISK_FULL',
    retryable: true,
  })
})

it('hands memory over, there and back', async () => {
  const far = connect({
    fill: async (memory: ArrayBuffer) => {
      new Uint8Array(memory).fill(7)
      return { memory }
    },
  })
  const mine = new ArrayBuffer(4)
  const { memory } = await far.fill(mine)
  expect(mine.byteLength).toBe(0)
  expect([...new Uint8Array(memory)]).toEqual([7, 7, 7, 7])
})
