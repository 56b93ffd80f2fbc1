// Closes the files that the parent had open when it started this process: kept open here, their space is never given back.

import { closeSync, fstatSync, readdirSync } from 'node:fs'

/**
 * Node's own spawn hands on whatever was not opened to be closed, such as LMDB's files. Call first thing, while this
 * process has opened no file itself; standard streams, pipes and sockets stay.
 * @returns how many were closed; none where the system does not list them
 */
export function closeInheritedFiles(): number {
  let closed = 0
  for (const name of listed()) {
    const descriptor = Number(name)
    if (!Number.isInteger(descriptor) || descriptor <= 2 || !isFile(descriptor)) continue
    closeSync(descriptor)
    closed += 1
  }
  return closed
}

function listed(): readonly string[] {
  for (const folder of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(folder)
    } catch {
      // Another system has another folder.
    }
  }
  return []
}

/** False for the descriptor that listed the folder, which is gone by now. */
function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    return false
  }
}
