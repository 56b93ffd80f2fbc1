// Bounds of the stream of alerts.

import type { StreamOptions } from '../../api/routes/stream.ts'

export const streaming: StreamOptions = { maxReaders: 100, maxBehindBytes: 1 << 20, every }

function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms)
  return () => clearInterval(timer)
}
