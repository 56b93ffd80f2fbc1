// A line on the terminal that says how far a replay is, how fast it goes and how long it will take.

import type { ReplayProgress } from '../../wiring/replay/replay.ts'

export interface ProgressBar {
  show(progress: ReplayProgress): void
  close(): void
}

const width = 24
const everyMs = 100

/** Draws on a terminal only; into a file or pipe it writes nothing. */
export function openProgressBar(stream: NodeJS.WriteStream): ProgressBar {
  if (stream.isTTY !== true) return { show: () => undefined, close: () => undefined }
  const startedAt = { reading: 0, judging: 0 }
  let drawnAt = 0
  return {
    show: (progress) => {
      const now = performance.now()
      if (startedAt[progress.phase] === 0) startedAt[progress.phase] = now
      if (now - drawnAt < everyMs) return
      drawnAt = now
      const seconds = (now - startedAt[progress.phase]) / 1000
      const done = progress.phase === 'reading' ? progress.lines : progress.done
      const share =
        progress.phase === 'reading'
          ? progress.totalBytes === 0
            ? undefined
            : progress.readBytes / progress.totalBytes
          : progress.total === 0
            ? 1
            : progress.done / progress.total
      stream.write(`\r\u001b[2K${line(progress.phase, done, share, seconds)}`)
    },
    close: () => void stream.write('\r\u001b[2K'),
  }
}

function line(phase: string, done: number, share: number | undefined, seconds: number): string {
  const rate = seconds > 0 ? Math.round(done / seconds) : 0
  if (share === undefined) return `${phase} ${done} records, ${rate}/s`
  const filled = Math.round(width * Math.min(1, share))
  const left = share > 0 ? Math.round((seconds * (1 - share)) / share) : 0
  return `${phase} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.round(share * 100)} %  ${rate}/s  ${left} s left`
}
