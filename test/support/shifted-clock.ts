// A wall clock of a program's own, which a test can set wrong and right again while the program runs (Debian: faketime).

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ShiftedClock {
  /** Variables of the program. */
  readonly environment: Readonly<Record<string, string>>
  /** How far it is ahead of the real one, behind it where negative; the program sees it a second later. Unit: seconds. */
  shift(seconds: number): void
  remove(): void
}

/** Where Debian keeps it, below a folder for each architecture. */
const libraries = '/usr/lib'
const library = 'faketime/libfaketimeMT.so.1'

/** @throws Error with what to install where libfaketime is missing */
export function openShiftedClock(): ShiftedClock {
  const preload = readdirSync(libraries)
    .map((name) => join(libraries, name, library))
    .find((path) => existsSync(path))
  if (preload === undefined) throw new Error('this test sets clocks wrong: install faketime (apt-get install faketime)')
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-clock-'))
  const file = join(folder, 'offset')
  const shift = (seconds: number): void => {
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
    renameSync(`${file}.new`, file)
  }
  shift(0)
  return {
    // Deadlines go by the monotonic clock, which no correction of the time moves; the fix is for other C libraries, and
    // lets timed waits of this one end late.
    environment: {
      LD_PRELOAD: preload,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_FORCE_MONOTONIC_FIX: '0',
    },
    shift,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
