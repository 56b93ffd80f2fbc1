// Where the next kill strikes: a named step of the collector or of the store child, or an instant nobody chose.

export interface Kill {
  /** Name under which it is counted. */
  readonly stage: string
  /** Environment of the collector process: it kills itself, or its child, at a step. */
  readonly environment: Readonly<Record<string, string>>
  /** Otherwise: whom to kill from outside, after how long. */
  readonly outside: { readonly victim: Victim; readonly afterMs: number } | undefined
}

export type Victim = 'collector' | 'store' | 'broker' | 'paused-broker'

const collectorSteps = [
  'log:before-append',
  'log:before-flush',
  'log:after-flush',
  'writer:before-insert',
  'writer:after-insert',
  'commit:before',
  'commit:after',
  'snapshot:before-chunk',
  'snapshot:before-manifest',
  'snapshot:after-manifest',
] as const

const storeSteps = ['store:before-insert', 'store:after-insert', 'store:before-ack'] as const

/**
 * Where the log is kept: over Kafka there is no flush of our own, and brokers to kill or to pause. With `source-topics`
 * it is our own, and what comes in is read from a topic of others.
 */
export const logKinds = ['embedded', 'kafka', 'source-topics'] as const
export type LogKind = (typeof logKinds)[number]

/** Kill `number` of a run; `random` in [0, 1). Steps take turns, and every third kill is at a random instant. */
export function planKill(number: number, random: () => number, log: LogKind): Kill {
  if (number % 3 === 2) {
    const drawn = random()
    const victim = victimOf(drawn, log)
    return { stage: `random:${victim}`, environment: {}, outside: { victim, afterMs: 20 + Math.floor(random() * 900) } }
  }
  const steps = [...collectorSteps, ...storeSteps].filter((step) => log !== 'kafka' || step !== 'log:before-flush')
  const step = steps[(number - Math.floor(number / 3)) % steps.length] ?? 'commit:before'
  const hits = 1 + Math.floor(random() * (step.startsWith('log:') ? 30 : 3))
  return { stage: step, environment: { EASTWEST_FAILPOINTS: `${step}=${hits}` }, outside: undefined }
}

function victimOf(drawn: number, log: LogKind): Victim {
  if (log === 'kafka' && drawn > 0.9) return 'paused-broker'
  if (log === 'kafka' && drawn > 0.8) return 'broker'
  return drawn < 0.6 ? 'collector' : 'store'
}

/** Small and fast, the same from the same seed: https://prng.di.unimi.it (xoshiro family, here mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
