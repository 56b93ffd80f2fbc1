// The key of a deployment under which credentials become references.

export interface ScrubKey {
  /** Short name of the key, one to sixteen letters and digits; every reference says it. */
  readonly id: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}
