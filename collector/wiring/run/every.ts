// Calls again and again until told to stop.

/** Returns the way to stop. */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms)
  return () => clearInterval(timer)
}
