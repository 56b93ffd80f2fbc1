// A port of loopback that nobody listens on just now, for programs that take 0 for none.

import { createServer } from 'node:net'

/** Below those that the kernel gives to whoever asks for any: it would give away what is only about to be used. */
const lowest = 15_000
const highest = 32_000
const handedOut = new Set<number>()

export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (handedOut.has(port)) continue
    handedOut.add(port)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
