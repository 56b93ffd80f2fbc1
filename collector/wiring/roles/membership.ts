// Who is there and who owns what, as the control topic tells it: the same to everyone who has read as far.

import { z } from 'zod'
import type { LogRecord, NewRecord } from '../../log/log.ts'
import { type OwningRole, owningRoles, type Role, roles } from './role.ts'

export interface Member {
  readonly id: string
  readonly roles: readonly Role[]
  /** Of the key under which it scrubs; `''` where it receives nothing. */
  readonly keyId: string
}

export interface PartitionClaim {
  readonly role: OwningRole
  readonly partition: number
  readonly member: string
  /** Above every earlier one's of any partition. */
  readonly epoch: number
}

/** A member that was not heard of for so long is taken for dead. Unit: ms of append time. */
export const silentMs = 10_000

const memberPrefix = 'member/'
const claimPrefix = 'owner/'
const memberSchema = z.strictObject({
  /** Those that this version does not know are left out. */
  roles: z.array(z.string()).transform((names) => roles.filter((role) => names.includes(role))),
  keyId: z.string(),
  beat: z.int(),
})

/** @param beat counts the times that the member said so */
export function memberRecord({ id, ...said }: Member, beat: number): NewRecord {
  return { key: `${memberPrefix}${id}`, value: Buffer.from(JSON.stringify({ ...said, beat })) }
}

/** It leaves, and need not be waited for. */
export function leavingRecord(id: string): NewRecord {
  return { key: `${memberPrefix}${id}`, value: null }
}

export function partitionName({ role, partition }: Pick<PartitionClaim, 'role' | 'partition'>): string {
  return `${role}/${partition}`
}

/** `member` undefined: whoever owned it has let it go. */
export function claimRecord(role: OwningRole, partition: number, member: string | undefined): NewRecord {
  const key = `${claimPrefix}${partitionName({ role, partition })}`
  return { key, value: member === undefined ? null : Buffer.from(member) }
}

interface Heard {
  readonly member: Member
  readonly beat: number
  readonly heardAt: number
}

export class Membership {
  private readonly members = new Map<string, Heard>()
  private readonly claimed = new Map<string, PartitionClaim>()
  /** Newest epoch in which a partition was claimed or let go of, by its name. */
  private readonly epochs = new Map<string, number>()
  private newestAt = 0

  /** Records of the control topic, in order; those of others than members say only what time it is. */
  hear({ key = '', value, coordinate, appendedAt }: LogRecord): void {
    this.newestAt = Math.max(this.newestAt, appendedAt)
    if (key.startsWith(memberPrefix)) this.hearMember(key.slice(memberPrefix.length), value, appendedAt)
    else if (key.startsWith(claimPrefix)) this.hearClaim(key, value, coordinate.offset)
  }

  /** Those heard of lately, by id. */
  live(): readonly Member[] {
    return [...this.members.values()]
      .filter(({ heardAt }) => heardAt > this.newestAt - silentMs)
      .map(({ member }) => member)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Those of them heard of before this one was. */
  before(id: string): readonly Member[] {
    const order = [...this.members.keys()]
    return this.live().filter((other) => order.indexOf(other.id) < order.indexOf(id))
  }

  /** Newest one heard of the member; −1: it is not there. */
  beatOf(id: string): number {
    return this.members.get(id)?.beat ?? -1
  }

  claim(role: OwningRole, partition: number): PartitionClaim | undefined {
    return this.claimed.get(partitionName({ role, partition }))
  }

  /** Whether another has claimed the partition since, though it may have let go of it again. */
  isSuperseded(claim: PartitionClaim): boolean {
    return (this.epochs.get(partitionName(claim)) ?? 0) > claim.epoch
  }

  private hearMember(id: string, value: Uint8Array | null, heardAt: number): void {
    const said = value === null ? undefined : memberSchema.safeParse(parsed(value)).data
    if (said === undefined) this.members.delete(id)
    else this.members.set(id, { member: { id, roles: said.roles, keyId: said.keyId }, beat: said.beat, heardAt })
  }

  private hearClaim(key: string, value: Uint8Array | null, offset: number): void {
    const [role = '', number = ''] = key.slice(claimPrefix.length).split('/')
    const owning = owningRoles.find((each) => each === role)
    const partition = Number(number)
    if (owning === undefined || !Number.isSafeInteger(partition)) return
    const name = partitionName({ role: owning, partition })
    const epoch = offset + 1
    this.epochs.set(name, epoch)
    if (value === null) this.claimed.delete(name)
    else this.claimed.set(name, { role: owning, partition, member: Buffer.from(value).toString('utf8'), epoch })
  }
}

function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value).toString('utf8'))
  } catch {
    return undefined
  }
}
