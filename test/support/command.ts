// Runs the compiled `eastwest` command as its user would, and keeps what it wrote.

import { spawn } from 'node:child_process'
import { commandEntry } from './running-collector.ts'

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
  /** The command to run instead of the one built here. */
  readonly entry?: string
}

const deadlineMs = 60_000

export function runCommand(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd, input = '', environment, entry = commandEntry } = options
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...words], {
      env: { ...process.env, ...environment },
      timeout: deadlineMs,
      ...(cwd === undefined ? {} : { cwd }),
    })
    const written = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...written }))
    // A command that ends before it reads closes its side.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
