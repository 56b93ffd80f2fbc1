// One file that is read as it grows: which file it is, how far it was read, and when it was cut or replaced.

import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** Names a file across renames: device, inode and its first line, so that a reused inode is not taken for it. */
export interface FileIdentity {
  readonly device: number
  readonly inode: number
}

const newline = 0x0a
/** The first line, or as much of it, tells files apart. */
const fingerprintBytes = 256

export interface FileChunk {
  readonly bytes: Buffer
  readonly atEnd: boolean
}

/** A rotated file that was compressed: its lines were read while it was plain, or are for `replay`. */
export class CompressedFile extends Error {
  readonly code = 'ERR_COMPRESSED'
}

export class TrackedFile {
  readonly path: string
  readonly identity: FileIdentity
  /** `file/<device>:<inode>:<fingerprint>`: name of its log cursor; empty until the first line is whole. */
  cursorName = ''
  /** Bytes before this are in the log. */
  position = 0
  private readonly handle: FileHandle

  private constructor(path: string, handle: FileHandle, identity: FileIdentity) {
    this.path = path
    this.handle = handle
    this.identity = identity
  }

  static async open(path: string): Promise<TrackedFile> {
    const handle = await open(path, 'r')
    try {
      const { dev, ino } = await handle.stat()
      return new TrackedFile(path, handle, { device: dev, inode: ino })
    } catch (cause) {
      await handle.close()
      throw cause
    }
  }

  isSameFile(identity: FileIdentity): boolean {
    return this.identity.device === identity.device && this.identity.inode === identity.inode
  }

  /** Reads its name off its first line; false while that is not whole, unless nothing more comes. */
  async identify(final = false): Promise<boolean> {
    if (this.cursorName !== '') return true
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(fingerprintBytes), 0, fingerprintBytes, 0)
    const head = buffer.subarray(0, bytesRead)
    if (head[0] === 0x1f && head[1] === 0x8b)
      throw new CompressedFile(`"${this.path}" is compressed: read it with "eastwest replay"`)
    const lineEnd = head.indexOf(newline)
    if (lineEnd === -1 && bytesRead < fingerprintBytes && !(final && bytesRead > 0)) return false
    const fingerprint = createHash('sha256')
      .update(head.subarray(0, lineEnd === -1 ? bytesRead : lineEnd))
      .digest('hex')
    this.cursorName = `file/${this.identity.device}:${this.identity.inode}:${fingerprint.slice(0, 16)}`
    return true
  }

  /** Bytes from `position` on, at most `maxBytes`. A file that was cut is read from its start under a new name. */
  async read(maxBytes: number): Promise<FileChunk> {
    const { size } = await this.handle.stat()
    if (size < this.position) {
      this.position = 0
      this.cursorName = ''
    }
    // Lines of a file without a name would be read again after a restart.
    if (!(await this.identify())) return { bytes: Buffer.alloc(0), atEnd: true }
    const { buffer, bytesRead } = await this.handle.read(
      Buffer.allocUnsafe(Math.min(maxBytes, Math.max(1, size - this.position))),
      0,
      undefined,
      this.position,
    )
    return { bytes: buffer.subarray(0, bytesRead), atEnd: this.position + bytesRead >= size }
  }

  /** The file's size now. */
  async size(): Promise<number> {
    return (await this.handle.stat()).size
  }

  async close(): Promise<void> {
    await this.handle.close()
  }
}
