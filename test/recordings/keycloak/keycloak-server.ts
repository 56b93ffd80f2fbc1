// Installs and runs a real Keycloak for a recording, and gives what its event listener logged.

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../support/until.ts'

const startDeadlineMs = 300_000

export interface KeycloakServer {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** Lines of the event listener so far. */
  eventLines(): readonly string[]
  stop(): Promise<void>
}

/** The folder of the unpacked distribution; Maven brings it from Maven Central where it is not there yet. */
export function installKeycloak(version: string, folder: string): string {
  const home = join(folder, `keycloak-${version}`)
  if (existsSync(join(home, 'bin', 'kc.sh'))) return home
  mkdirSync(folder, { recursive: true })
  const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`
  execFileSync('mvn', ['-q', 'dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false'], { stdio: 'inherit' })
  execFileSync('mvn', ['-q', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], {
    stdio: 'inherit',
  })
  execFileSync('unzip', ['-q', '-o', join(folder, `keycloak-quarkus-dist-${version}.zip`), '-d', folder])
  return home
}

/** Compiles our listener and puts it among the providers of the distribution. */
export function installListener(home: string, source: string): void {
  const classes = join(home, 'data', 'listener')
  const services = join(classes, 'META-INF', 'services')
  mkdirSync(services, { recursive: true })
  writeFileSync(join(services, 'org.keycloak.events.EventListenerProviderFactory'), 'eastwest.recording.JsonListener\n')
  execFileSync('javac', ['-cp', join(home, 'lib', 'lib', 'main', '*'), '-d', classes, source], { stdio: 'inherit' })
  execFileSync('jar', ['cf', listenerJar(home), '-C', classes, '.'], { stdio: 'inherit' })
}

export function removeListener(home: string): void {
  rmSync(listenerJar(home), { force: true })
}

function listenerJar(home: string): string {
  return join(home, 'providers', 'recording-json.jar')
}

export interface StartOptions {
  readonly port: number
  /** Arguments of `kc.sh start-dev` beside port and log file. */
  readonly args: readonly string[]
  /** Where its console goes. */
  readonly logFile: string
  /** What the lines to keep begin with, which is taken off; `''`: those of the event listener that logs. */
  readonly marker: string
}

export async function startKeycloak(home: string, options: StartOptions): Promise<KeycloakServer> {
  const { port, args, logFile, marker } = options
  const command = [join(home, 'bin', 'kc.sh'), 'start-dev', `--http-port=${port}`, '--http-host=127.0.0.1', ...args]
  const child = spawn('sh', ['-c', 'exec "$@" >"$LOG" 2>&1', 'sh', ...command], {
    env: {
      ...process.env,
      LOG: logFile,
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
      KEYCLOAK_ADMIN: 'admin',
      KEYCLOAK_ADMIN_PASSWORD: 'admin',
    },
    detached: true,
    stdio: 'ignore',
  })
  const url = `http://127.0.0.1:${port}`
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`keycloak ended with ${child.exitCode}: see ${logFile}`)
    // It takes a minute: asking seldom leaves the processor to it.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const reply = await fetch(`${url}/realms/master`).catch(() => undefined)
    await reply?.body?.cancel()
    // It listens before it has made the administrator.
    return reply?.status === 200 && readFileSync(logFile, 'utf8').includes(' started in ')
  }
  await until(answers, 'keycloak answers', startDeadlineMs)
  return {
    url,
    eventLines() {
      const lines = readFileSync(logFile, 'utf8').split('\n')
      return marker === ''
        ? lines.filter((line) => line.includes('org.keycloak.events') && /type=|operationType=/.test(line))
        : lines.filter((line) => line.startsWith(marker)).map((line) => line.slice(marker.length))
    },
    async stop() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await until(() => child.exitCode !== null || child.signalCode !== null, 'keycloak stops', 60_000)
    },
  }
}
