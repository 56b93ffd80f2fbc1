// The jars of a Kafka broker, fetched from Maven Central once and kept.

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const pom = fileURLToPath(new URL('./pom.xml', import.meta.url))

/** Class path of the broker. Rejects with what to install where Java or Maven are missing. */
export async function kafkaClassPath(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'eastwest-tests', 'kafka-4.1.0')
  if (!existsSync(folder)) await fetchJars(folder)
  return join(folder, '*')
}

async function fetchJars(folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`])
    // Whoever came first has the same jars.
    if (!existsSync(folder)) renameSync(fresh, folder)
  } catch (cause) {
    throw new Error(
      'tests against Kafka need a broker: install Java 17 and Maven (apt-get install openjdk-17-jre-headless maven), or set KAFKA_BROKERS',
      { cause },
    )
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
