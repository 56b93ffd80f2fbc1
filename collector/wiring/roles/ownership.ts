// Takes up the partitions that are this process's to own and lets go of those that are not: one turn after the other.

import type { Log } from '../../log/log.ts'
import type { Outages } from '../run/outages.ts'
import { isOutage } from '../run/until-done.ts'
import { assignment } from './assignment.ts'
import {
  claimRecord,
  leavingRecord,
  type Member,
  Membership,
  memberRecord,
  type PartitionClaim,
  partitionName,
  silentMs,
} from './membership.ts'
import type { OwnedWork } from './partition-work.ts'
import { isOwning, type OwningRole } from './role.ts'

export interface OwnershipOptions {
  /** Shows `control`. */
  readonly log: Pick<Log, 'append' | 'read' | 'readCompacted' | 'onAppended' | 'bounds'>
  readonly member: Member
  /** How many partitions each role owns altogether. */
  readonly partitions: Readonly<Record<OwningRole, number>>
  /** Takes a partition up under its claim. */
  readonly open: (claim: PartitionClaim) => Promise<OwnedWork>
  readonly outages: Pick<Outages, 'set'>
  /** Monotonic milliseconds, which go on while the process is stopped. */
  readonly clock: () => number
  readonly onChange: (claim: PartitionClaim, isOwned: boolean) => void
  /** A member that was there before makes references under another key: what both receive would never be seen to be the same. */
  readonly onOtherKey: (other: Member) => void
  readonly onFailure: (cause: unknown) => void
  /** Steps at which crash tests end the process. */
  readonly onStep: (step: 'ownership:before-claim' | 'ownership:after-claim') => void
}

/** Another process has taken the partition over. */
export class NotOwned extends Error {
  readonly code = 'ERR_NOT_OWNED'
  readonly retryable = true

  constructor({ role, partition }: PartitionClaim) {
    super(`${role} ${partition} is another process's now`)
  }
}

export interface Owned {
  readonly claim: PartitionClaim
  readonly work: OwnedWork
}

const heartbeatMs = 1_000
/** Turns after which a partition is taken from a live owner that does not let go of it. */
const patientTurns = 15
/**
 * So long after it was sent a heartbeat that was heard again proves that nobody can have taken anything over: others wait for
 * twice as long.
 */
const sureMs = silentMs / 2
const readBytes = 1024 * 1024

export class Ownership {
  private readonly options: OwnershipOptions
  private readonly membership = new Membership()
  private readonly works = new Map<string, Owned>()
  /** Being let go of, each until it has ended: what they have to end with may be another's meanwhile. */
  private readonly leaving = new Map<Owned, Promise<void>>()
  /** Turns for which a partition of ours was still another's. */
  private readonly waited = new Map<string, number>()
  private position = 0
  private beats = 0
  /** When heartbeats were sent that were not heard yet, and the newest one heard, monotonic ms. */
  private readonly sentAt = new Map<number, number>()
  private provedAt = Number.NEGATIVE_INFINITY
  private unsure: (() => void)[] = []
  private beating: NodeJS.Timeout | undefined
  private turning: Promise<void> = Promise.resolve()
  private isClosed = false

  constructor(options: OwnershipOptions) {
    this.options = options
  }

  start(): void {
    const { log } = this.options
    for (const record of log.readCompacted('control')) this.membership.hear(record)
    this.position = log.bounds('control').nextOffset
    log.onAppended('control', () => this.listen())
    this.beating = setInterval(() => this.beat(), heartbeatMs)
    this.beat()
  }

  /** What this process owns just now. */
  owned(): readonly Owned[] {
    return [...this.works.values()]
  }

  members(): readonly Member[] {
    return this.membership.live()
  }

  /**
   * Resolves once it is sure that the partition is not another's: a process that slept hears of what happened first.
   * @throws NotOwned
   */
  async sure(claim: PartitionClaim): Promise<void> {
    while (this.options.clock() > this.provedAt + sureMs && !this.membership.isSuperseded(claim))
      await new Promise<void>((resolve) => this.unsure.push(resolve))
    if (this.membership.isSuperseded(claim)) throw new NotOwned(claim)
  }

  /** Lets everything go, so that others need not wait. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.turning
    for (const name of this.works.keys()) this.letGo(name)
    await Promise.all(this.leaving.values())
    // Until then it has to be sure that they are its own.
    clearInterval(this.beating)
    await this.options.log.append('control', [leavingRecord(this.options.member.id)])
  }

  private beat(): void {
    const { log, member, outages, clock } = this.options
    const beat = this.beats++
    this.sentAt.set(beat, clock())
    log.append('control', [memberRecord(member, beat)]).then(
      () => outages.set('membership', undefined),
      (cause: unknown) => outages.set('membership', cause),
    )
    this.turning = this.turning.then(() => this.turn()).catch(this.options.onFailure)
  }

  /** What another has claimed is let go at once: nothing that is still written of it counts. */
  private listen(): void {
    const { log, member, onOtherKey, onChange } = this.options
    const { records, nextOffset } = log.read('control', this.position, { maxBytes: readBytes })
    this.position = nextOffset
    for (const record of records) this.membership.hear(record)
    for (const [name, { claim, work }] of this.works) {
      if (!this.membership.isSuperseded(claim)) continue
      this.works.delete(name)
      onChange(claim, false)
      void work.abandon().catch(() => undefined)
    }
    for (const { claim, work } of this.leaving.keys())
      if (this.membership.isSuperseded(claim)) void work.abandon().catch(() => undefined)
    this.prove()
    // Whoever came later goes.
    const other = this.membership
      .before(member.id)
      .find(({ keyId }) => keyId !== '' && member.keyId !== '' && keyId !== member.keyId)
    if (other !== undefined) onOtherKey(other)
  }

  private prove(): void {
    const beat = this.membership.beatOf(this.options.member.id)
    this.provedAt = Math.max(this.provedAt, this.sentAt.get(beat) ?? Number.NEGATIVE_INFINITY)
    for (const sent of this.sentAt.keys()) if (sent <= beat) this.sentAt.delete(sent)
    for (const resolve of this.unsure.splice(0)) resolve()
  }

  private async turn(): Promise<void> {
    const { member, partitions } = this.options
    const live = this.membership.live()
    if (!live.some(({ id }) => id === member.id)) return
    for (const role of member.roles) {
      if (!isOwning(role) || this.isClosed) continue
      const able = live.filter(({ roles }) => roles.includes(role)).map(({ id }) => id)
      const owners = assignment(partitions[role], able, (partition) => this.membership.claim(role, partition)?.member)
      await Promise.all(
        owners.map(async (owner, partition) => {
          const name = partitionName({ role, partition })
          if (owner !== member.id) this.letGo(name)
          else if (!this.isHeld(name) && this.mayTake(role, partition, able)) await this.takeUp(role, partition)
        }),
      )
    }
  }

  /** A live owner is waited for: it lets go by itself as soon as it hears. */
  private mayTake(role: OwningRole, partition: number, live: readonly string[]): boolean {
    const name = partitionName({ role, partition })
    const owner = this.membership.claim(role, partition)?.member ?? ''
    const turns = (this.waited.get(name) ?? 0) + 1
    if (owner !== this.options.member.id && live.includes(owner) && turns < patientTurns) {
      this.waited.set(name, turns)
      return false
    }
    this.waited.delete(name)
    return true
  }

  private async takeUp(role: OwningRole, partition: number): Promise<void> {
    const { log, member, open, onChange, outages, onStep } = this.options
    const part = `${role} ${partition}`
    try {
      onStep('ownership:before-claim')
      const [receipt] = await log.append('control', [claimRecord(role, partition, member.id)])
      onStep('ownership:after-claim')
      const claim = { role, partition, member: member.id, epoch: (receipt?.coordinate.offset ?? 0) + 1 }
      const work = await open(claim)
      outages.set(part, undefined)
      if (this.membership.isSuperseded(claim)) await work.abandon()
      else {
        this.works.set(partitionName(claim), { claim, work })
        onChange(claim, true)
      }
    } catch (cause) {
      if (!isOutage(cause)) throw cause
      outages.set(part, cause)
    }
  }

  /** Whether it is ours still, be it that it is being let go of. */
  private isHeld(name: string): boolean {
    if (this.works.has(name)) return true
    return [...this.leaving.keys()].some(
      ({ claim }) => partitionName(claim) === name && !this.membership.isSuperseded(claim),
    )
  }

  /** Others go on meanwhile: what one partition ends with may take as long as an outage. */
  private letGo(name: string): void {
    const owned = this.works.get(name)
    if (owned === undefined) return
    this.works.delete(name)
    const { onFailure, outages } = this.options
    const left = this.leave(owned).catch((cause: unknown) => {
      if (!isOutage(cause)) return onFailure(cause)
      outages.set('membership', cause)
    })
    this.leaving.set(owned, left)
    void left.then(() => this.leaving.delete(owned))
  }

  private async leave({ claim, work }: Owned): Promise<void> {
    await work.close()
    this.options.onChange(claim, false)
    if (this.membership.isSuperseded(claim)) return
    await this.options.log.append('control', [claimRecord(claim.role, claim.partition, undefined)])
  }
}
