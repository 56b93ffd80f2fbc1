// A refusal as gRPC says it: code, text, and google.rpc.Status with RetryInfo in the trailers.

import { Metadata, type StatusObject } from '@grpc/grpc-js'
import type { Refusal } from '../http/refusal.ts'
import { messageOf, rpcCodeOf, statusReply } from './export-reply.ts'

/** The trailer that carries `google.rpc.Status`. */
const detailsTrailer = 'grpc-status-details-bin'

export function refusalStatus(refusal: Refusal, scrubText: (text: string) => string): StatusObject {
  // What is refused may be quoted, and may be anything.
  const said = { ...refusal, message: scrubText(refusal.message) }
  const metadata = new Metadata()
  metadata.set(detailsTrailer, statusReply('protobuf', said))
  return { code: rpcCodeOf(said), details: messageOf(said), metadata }
}
