// Opens a port; where that cannot be, the error says which option names another.

import type { Server } from 'node:net'

export class ListenError extends Error {
  readonly code = 'ERR_LISTEN'
  readonly retryable = false
}

/** The port that was opened: another one than asked for where that was 0. */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  portOption: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const hint =
        cause.code === 'EADDRINUSE'
          ? `something listens there already: stop it, or choose another with ${portOption}`
          : cause.message
      reject(new ListenError(`cannot listen on ${host}:${port}: ${hint}`, { cause }))
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
