// Who is at the keyboard, as far as the operating system knows: the author of a decision unless `--by` says otherwise.

import { userInfo } from 'node:os'

export function osUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user often has no name.
    return process.env.USER ?? 'unknown'
  }
}
