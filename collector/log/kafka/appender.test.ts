// What a real broker cannot be made to do on demand: answers that are lost, sessions it forgets, batches it refuses.

import { describe, expect, it } from 'vitest'
import { Appender } from './appender.ts'
import type { Produced } from './connection.ts'
import type { ProducedMessage } from './kafkajs-internals.ts'

/** What becomes of one try: kept and told, kept and not told, or refused with Kafka's name of the error. */
type Outcome = 'kept' | 'lost-answer' | { readonly error: string }

interface Try {
  readonly producer: unknown
  readonly sequence: number
  readonly texts: readonly string[]
}

/** Goes by producer and sequence as brokers do: a batch that comes again under its number is kept once. */
function scripted(outcomes: readonly Outcome[]) {
  const tries: Try[] = []
  const log: string[] = []
  const kept = new Map<string, number>()
  let producers = 0
  let time = 0
  const keep = (one: Try): number => {
    const number = `${one.producer}/${one.sequence}`
    const before = kept.get(number)
    if (before !== undefined) return before
    kept.set(number, log.length)
    log.push(...one.texts)
    return log.length - one.texts.length
  }
  const produce = async (
    _of: unknown,
    { producerId }: { readonly producerId: unknown },
    sequence: number,
    messages: readonly ProducedMessage[],
  ): Promise<Produced> => {
    const one = { producer: producerId, sequence, texts: messages.map(({ value }) => String(value)) }
    const outcome = outcomes[tries.push(one) - 1] ?? 'kept'
    if (typeof outcome === 'object') throw Object.assign(new Error(outcome.error), { type: outcome.error })
    const baseOffset = keep(one)
    if (outcome === 'lost-answer') throw new Error('the connection was closed')
    return { baseOffset, appendedAt: 1 }
  }
  const appender = new Appender({
    connection: {
      produce,
      producerId: async () => ({ producerId: ++producers, producerEpoch: 0 }),
      recover: async () => undefined,
    },
    of: { topic: 'ingest', partition: 0 },
    maxBatchBytes: 1_000,
    patience: {
      giveUpMs: 1_000,
      wait: async (ms) => {
        time += ms
      },
      clock: () => time,
      random: () => 1,
    },
    onStep: () => undefined,
    onKept: () => undefined,
  })
  const append = (...texts: readonly string[]) =>
    appender.append(texts.map((text) => ({ value: Buffer.from(text) }))).then(({ baseOffset }) => baseOffset)
  return { append, tries, log }
}

describe('an append whose answer is lost', () => {
  it('comes again under the same number and is kept once', async () => {
    const { append, tries, log } = scripted(['lost-answer', 'kept'])
    expect(await append('a')).toBe(0)
    expect(tries).toEqual([
      { producer: 1, sequence: 0, texts: ['a'] },
      { producer: 1, sequence: 0, texts: ['a'] },
    ])
    expect(await append('b')).toBe(1)
    expect(log).toEqual(['a', 'b'])
  })

  it('never gives its number to other records once it was given up', async () => {
    const { append, log } = scripted(Array.from({ length: 20 }, (_, at) => (at < 8 ? 'lost-answer' : 'kept')))
    const first = append('a')
    await expect(first).rejects.toMatchObject({ code: 'ERR_LOG_IO', retryable: true })
    await append('b')
    expect(log.filter((text) => text === 'b')).toHaveLength(1)
    expect(log.filter((text) => text === 'a')).toHaveLength(1)
  })
})

describe('a broker that answers with an error', () => {
  it.each(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID'])(
    'gets the batch from a new producer on %s',
    async (error) => {
      const { append, tries, log } = scripted(['kept', { error }, 'kept'])
      await append('a')
      await append('b')
      expect(tries.at(-1)).toEqual({ producer: 2, sequence: 0, texts: ['b'] })
      expect(log).toEqual(['a', 'b'])
    },
  )

  it('is asked again while its leader moves', async () => {
    const { append, tries } = scripted([{ error: 'NOT_LEADER_FOR_PARTITION' }, { error: 'NOT_ENOUGH_REPLICAS' }])
    expect(await append('a')).toBe(0)
    expect(tries).toHaveLength(3)
  })

  it('is believed when it refuses', async () => {
    const { append, tries } = scripted([{ error: 'TOPIC_AUTHORIZATION_FAILED' }])
    await expect(append('a')).rejects.toMatchObject({ code: 'ERR_LOG_IO', retryable: false })
    expect(tries).toHaveLength(1)
  })

  it('refuses only the call that is too large, not those that shared its batch', async () => {
    const { append, log } = scripted(['kept', { error: 'MESSAGE_TOO_LARGE' }, 'kept', { error: 'MESSAGE_TOO_LARGE' }])
    const calls = await Promise.allSettled([append('first'), append('small'), append('large')])
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(calls[2]).toMatchObject({ reason: { code: 'ERR_LOG_RECORD_TOO_LARGE', retryable: false } })
    expect(log).toEqual(['first', 'small'])
  })

  it('is not even asked for a call that no batch holds', async () => {
    const { append, tries } = scripted([])
    await expect(append('x'.repeat(2_000))).rejects.toMatchObject({ code: 'ERR_LOG_RECORD_TOO_LARGE' })
    expect(tries).toEqual([])
  })
})

describe('calls made while a batch is under way', () => {
  it('share the next one, in order', async () => {
    const { append, tries } = scripted([])
    const offsets = await Promise.all([append('a'), append('b', 'c'), append('d')])
    expect(offsets).toEqual([0, 1, 3])
    expect(tries.map(({ sequence, texts }) => [sequence, texts])).toEqual([
      [0, ['a']],
      [1, ['b', 'c', 'd']],
    ])
  })

  it('are not left behind by a batch that has just ended', async () => {
    const { append } = scripted([])
    const offsets: number[] = []
    for (let at = 0; at < 50; at++) offsets.push(await append(`${at}`))
    expect(offsets).toEqual(Array.from({ length: 50 }, (_, at) => at))
  })
})
