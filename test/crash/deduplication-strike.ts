// Kills the store where its engine has remembered a token and the rows of it are not there yet, which no step of ours names.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreStrike } from './store-strikes.ts'

/**
 * MergeTree writes a line of `deduplication_logs/` and then gives the part its name. Loaded before the libraries of the child,
 * this stands between both: `write` is the last thing that the process does.
 */
const source = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int passed;

ssize_t write(int fd, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = dlsym(RTLD_NEXT, "write");
  ssize_t written = real(fd, bytes, count);
  const char *strike = getenv("STRIKE_AFTER_TOKENS");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = strike ? readlink(link, path, sizeof path - 1) : -1;
  if (length < 0) return written;
  path[length] = 0;
  if (strstr(path, "/deduplication_logs/") && ++passed == atoi(strike)) kill(getpid(), SIGKILL);
  return written;
}
`

/** Needs a C compiler. @returns plans strikes, each at another token of a life */
export function buildDeduplicationStrikes(random: () => number): () => StoreStrike {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-strike-'))
  const library = join(folder, 'strike.so')
  writeFileSync(join(folder, 'strike.c'), source)
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, join(folder, 'strike.c'), '-ldl'])
  return () => ({
    stage: 'store between token and part',
    environment: { LD_PRELOAD: library, STRIKE_AFTER_TOKENS: String(20 + Math.floor(random() * 60)) },
  })
}
