// What a body costs is given back with the body, not with the connection that it came on.

import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { readBody } from './read-body.ts'

const limits = { bodyBytes: 1_000_000, inflatedBytes: 1_000_000 }
const share = { take: () => true }

/** Not at hand unless Node is told to give it. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void // what the flag makes
}

describe('a body that was read', () => {
  it('can be let go of while its request lives on', async () => {
    const collect = garbageCollector()
    const kept: IncomingMessage[] = []
    const bodies: WeakRef<ArrayBufferLike>[] = []
    const server = createServer((request, response) => {
      kept.push(request)
      readBody(request, limits, share)
        .then((chunks) => {
          bodies.push(...chunks.map(({ buffer }) => new WeakRef(buffer)))
          response.end()
        })
        .catch((cause: unknown) => response.destroy(cause as Error)) // only errors are thrown
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // it listens on a port
    try {
      const post = send({ host: '127.0.0.1', port, method: 'POST' })
      post.end(Buffer.alloc(200_000, 'x'))
      const [response] = (await once(post, 'response')) as [IncomingMessage] // what the event brings
      response.resume()
      await once(response, 'end')
      await vi.waitFor(() => {
        collect()
        expect(bodies.filter((body) => body.deref() !== undefined)).toHaveLength(0)
      })
      expect([kept.length, bodies.length]).toEqual([1, 1])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})
