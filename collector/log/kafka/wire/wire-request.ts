// A request of Kafka's protocol that is written and read here: the library brings it to the broker and back.

export interface WireRequest<Answer> {
  readonly api: { readonly key: number; readonly version: number; readonly name: string }
  /** What follows the header of the request. */
  readonly body: Buffer
  /** `bytes`: what follows the correlation id. */
  read(bytes: Buffer): Answer
}
