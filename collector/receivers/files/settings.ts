// Settings of the file receiver: which files and folders are read, and how.

import { z } from 'zod'

export const fileSourceSettings = z.strictObject({
  path: z.string().min(1).describe('A file, or a folder whose files are read; `*` matches within one file name.'),
  source: z.string().max(200).default('').describe('Name of the source; the path when empty.'),
  format: z.string().default('auto').describe('Id of the decoder, or auto.'),
  follow: z
    .boolean()
    .default(true)
    .describe('true: go on reading as the file grows and is rotated; false: read it once.'),
  from: z.enum(['start', 'end']).default('start').describe('Where a file that was never read begins.'),
})

export const fileReceiverSettings = z
  .strictObject({
    sources: z.array(fileSourceSettings).max(1000).default([]).describe('Files and folders to read.'),
    pollMs: z
      .int()
      .min(50)
      .max(60_000)
      .default(500)
      .describe('How often files are looked at where the system does not tell of changes. Unit: ms.'),
    readBytes: z
      .int()
      .min(4096)
      .max(64 * 1024 * 1024)
      .default(1024 * 1024)
      .describe('Most bytes read from one file before others have their turn. Unit: bytes.'),
    lineBytes: z
      .int()
      .min(1024)
      .max(16 * 1024 * 1024)
      .default(1024 * 1024)
      .describe('Longest line; the rest of a longer one goes to quarantine. Unit: bytes.'),
    maxFiles: z.int().min(1).max(100_000).default(10_000).describe('Most files followed at once.'),
  })
  .prefault({})

export type FileSourceSettings = z.infer<typeof fileSourceSettings>
export type FileReceiverSettings = z.infer<typeof fileReceiverSettings>
