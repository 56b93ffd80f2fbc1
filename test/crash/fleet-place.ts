// One place of a fleet: a process stands there, is struck, and another takes its place, until the run is over.

import { setTimeout as pause } from 'node:timers/promises'
import { metricsOf, ownedBy } from '../support/fleet-metrics.ts'
import { EndedWhileStarting, type FleetProcess } from '../support/fleet-process.ts'
import { until } from '../support/until.ts'
import type { FleetStrike } from './fleet-plan.ts'
import type { Strikes } from './strikes.ts'

/** Longer than others wait before they take over, and than any heartbeat proves anything. */
export const sleepMs = 45_000
/** What a sleeper may still do of what it was about to do, before it dies. */
const awakeMs = 12_000
/** In a row: a broker that died is back long before. */
const mostStartsInVain = 5
/** A step that was not passed by then is none of this life's. */
const longestLifeMs = 25_000
const lookMs = 250

export interface FleetPlaceOptions {
  readonly plan: () => FleetStrike
  readonly start: (environment: Readonly<Record<string, string>>) => Promise<FleetProcess>
  readonly strikes: Strikes
  /** A process stands still from now on. */
  readonly onSleep: () => void
}

export class FleetPlace {
  /** Who stands there; undefined while nobody does. */
  standing: FleetProcess | undefined
  /** How often a process of this place took up a partition of alerts. */
  private delivered = 0
  private startsInVain = 0
  private readonly options: FleetPlaceOptions

  constructor(options: FleetPlaceOptions) {
    this.options = options
  }

  /** Partitions of alerts taken up so far. */
  get takenUp(): number {
    return this.delivered + takenUpBy(this.standing)
  }

  /** Resolves once the run is over and a process stands here that nothing strikes. */
  async run(): Promise<void> {
    const { plan, strikes } = this.options
    while (!strikes.isOver()) {
      const strike = plan()
      const process = await this.fill(strike)
      if (process === undefined) continue
      if (strike.kind === 'none') return
      await this.strike(strike, process)
      await this.empty(process)
    }
    while (strikes.failures.length === 0 && (await this.fill({ kind: 'none' })) === undefined);
  }

  private async fill(strike: FleetStrike): Promise<FleetProcess | undefined> {
    const { start, strikes } = this.options
    const isStep = strike.kind === 'step'
    try {
      this.standing = await start(isStep ? { EASTWEST_FAILPOINTS: `${strike.step}=${strike.hits}` } : {})
      this.startsInVain = 0
      return this.standing
    } catch (cause) {
      if (isStep && cause instanceof EndedWhileStarting && cause.exitCode === null) strikes.count(strike.step)
      else {
        strikes.startsInVain += 1
        this.startsInVain += 1
        if (this.startsInVain >= mostStartsInVain) strikes.failures.push(String(cause))
      }
      return undefined
    }
  }

  private async strike(strike: Exclude<FleetStrike, { kind: 'none' }>, process: FleetProcess): Promise<void> {
    const { strikes, onSleep } = this.options
    if (strike.kind === 'step') {
      await this.lives(process, longestLifeMs)
      if (process.hasEnded()) strikes.count(strike.step)
      return
    }
    const owns = async (): Promise<boolean> => process.hasEnded() || ownedBy(await metricsOf(process)) > 0
    await until(owns, 'it owns something', longestLifeMs).catch(() => undefined)
    await pause(strike.afterMs)
    if (strike.kind === 'sleep') {
      process.signal('SIGSTOP')
      onSleep()
      await pause(sleepMs)
      process.signal('SIGCONT')
      await this.lives(process, awakeMs)
    }
    if (!process.hasEnded()) strikes.count(strike.kind === 'sleep' ? `a sleep of ${sleepMs / 1_000} s` : 'any instant')
  }

  private async lives(process: FleetProcess, forMs: number): Promise<void> {
    const endsAt = performance.now() + forMs
    while (!process.hasEnded() && performance.now() < endsAt && !this.options.strikes.isOver()) await pause(lookMs)
  }

  /** Whatever stands here then dies: not even who was spared ends in order. */
  private async empty(process: FleetProcess): Promise<void> {
    await process.kill()
    const code = await process.gone
    if (code !== null)
      this.options.strikes.failures.push(`${process.roles} ended by itself: ${process.stderr().slice(-2_000)}`)
    this.standing = undefined
    this.delivered += takenUpBy(process)
  }
}

function takenUpBy(process: FleetProcess | undefined): number {
  const lines = process?.stderr().split('\n') ?? []
  return lines.filter((line) => line.includes('"owns a partition"') && line.includes('"role":"deliver"')).length
}
