// The Metadata request, version 10: the first that tells the ids of topics, which change when one is deleted and made again.

import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { WireRequest } from './wire-request.ts'

export interface TopicFacts {
  readonly topic: string
  /** Kafka's error code; 0: none. */
  readonly error: number
  /** Hex, 32 characters. */
  readonly id: string
  readonly partitions: number
}

const noId = Buffer.alloc(16)

export function topicIdsRequest(topics: readonly string[]): WireRequest<readonly TopicFacts[]> {
  const body = new ByteWriter()
  // Requests of flexible versions end their header with tagged fields, which the library does not write.
  body.noTags().unsignedVarint(topics.length + 1)
  for (const topic of topics) body.raw(noId).compactText(topic).noTags()
  body.int8(0).int8(0).int8(0).noTags()
  return { api: { key: 3, version: 10, name: 'Metadata' }, body: body.bytes(), read: readAnswer }
}

function readAnswer(bytes: Buffer): readonly TopicFacts[] {
  const reader = new ByteReader(bytes)
  reader.passTags()
  reader.pass(4)
  for (let brokers = reader.unsignedVarint() - 1; brokers > 0; brokers--) {
    reader.pass(4)
    reader.compactText()
    reader.pass(4)
    reader.compactText()
    reader.passTags()
  }
  reader.compactText()
  reader.pass(4)
  const topics: TopicFacts[] = []
  for (let left = reader.unsignedVarint() - 1; left > 0; left--) topics.push(readTopic(reader))
  return topics
}

function readTopic(reader: ByteReader): TopicFacts {
  const error = reader.int16()
  const topic = reader.compactText() ?? ''
  const id = reader.taken(16)?.toString('hex') ?? ''
  reader.pass(1)
  const partitions = reader.unsignedVarint() - 1
  for (let left = partitions; left > 0; left--) {
    reader.pass(2 + 4 + 4 + 4)
    for (let lists = 3; lists > 0; lists--) reader.pass(4 * Math.max(0, reader.unsignedVarint() - 1))
    reader.passTags()
  }
  reader.pass(4)
  reader.passTags()
  return { topic, error, id, partitions: Math.max(0, partitions) }
}
