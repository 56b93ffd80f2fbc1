// Sends lines to a collector of eastwest in order, in batches, again after failures, from a queue that has a bound.

const maxBatch = 200
const deadlineMs = 10_000
const firstPauseMs = 250
const longestPauseMs = 30_000

/** @returns {{ write(line: string): void, close(): Promise<void> }} `close` waits for what is queued, through one attempt. */
export function openSender({ url, bearer, source = 'oidc-provider', maxQueued = 10_000, onProblem = () => {} }) {
  const target = new URL('/v1/events', url)
  if (target.protocol !== 'https:' && !/^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(target.hostname))
    throw new TypeError(`tokens are sent over https or to this machine only, not to "${target.origin}"`)
  target.searchParams.set('format', 'oidc-provider')
  target.searchParams.set('source', source)
  const headers = { 'content-type': 'application/x-ndjson' }
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`
  const queue = []
  let dropped = 0
  let closing = false
  let working
  let wake = () => {}

  function write(line) {
    if (queue.length >= maxQueued) {
      dropped += 1
      return
    }
    queue.push(line)
    working ??= work().finally(() => {
      working = undefined
    })
  }

  async function work() {
    for (let pauseMs = firstPauseMs; queue.length > 0; ) {
      const batch = queue.slice(0, maxBatch)
      const outcome = await post(batch.join('\n')).catch((cause) => ({ problem: cause, again: true }))
      if (outcome.problem === undefined || !outcome.again) queue.splice(0, batch.length)
      if (outcome.problem !== undefined) onProblem(outcome.problem)
      if (dropped > 0) onProblem(new Error(`${dropped} events were dropped: more than ${maxQueued} were waiting`))
      dropped = 0
      if (outcome.problem === undefined || !outcome.again) {
        pauseMs = firstPauseMs
        continue
      }
      if (closing) return
      await new Promise((resolve) => {
        wake = resolve
        setTimeout(resolve, pauseMs).unref()
      })
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }

  async function post(body) {
    const reply = await fetch(target, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
    })
    await reply.body?.cancel()
    if (reply.ok) return {}
    const again = reply.status === 429 || reply.status >= 500
    return { problem: new Error(`eastwest answered ${reply.status}${again ? '' : ': these events are lost'}`), again }
  }

  return {
    write,
    async close() {
      closing = true
      wake()
      await working
    },
  }
}
