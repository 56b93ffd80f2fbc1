// Gives a program small disks of its own, which a test can fill and empty while it runs.

import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The command that runs `command` with a disk in memory at each folder (below `folder`) of that many bytes. */
export function onDisks(
  folder: string,
  disks: Readonly<Record<string, number>>,
  command: readonly string[],
): readonly string[] {
  const mounts = Object.entries(disks).map(([name, bytes]) => {
    const place = join(folder, name)
    return `mkdir -p -m 700 '${place}' && mount -t tmpfs -o size=${bytes},mode=700 tmpfs '${place}'`
  })
  if (mounts.length === 0) return command
  return ['unshare', ...namespaceFlags(), 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'sh', ...command]
}

/** A user namespace lets anyone mount; where those are forbidden, root may without one. */
function namespaceFlags(): readonly string[] {
  for (const flags of [['--mount'], ['--user', '--map-root-user', '--mount']]) {
    try {
      execFileSync('unshare', [...flags, 'sh', '-c', 'mount -t tmpfs tmpfs /tmp'], { stdio: 'ignore' })
      return flags
    } catch {
      // The next way is tried.
    }
  }
  throw new Error('this test mounts a small filesystem: allow user namespaces or run it as root')
}

/** Takes what is left of the disk that holds `folder`, but for `leaveBytes`; returns the way to give it back. */
export function fillDisk(folder: string, leaveBytes = 0): () => void {
  const ballast = join(folder, 'ballast')
  const { bavail, bsize } = statfsSync(folder)
  try {
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
  } catch (cause) {
    // Others write to it too, and it is full all the same.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause
  }
  return () => rmSync(ballast)
}
