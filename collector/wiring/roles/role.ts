// The roles that a process may have, and what each owns partitions of.

import type { TopicName } from '../../../schemas/topics.ts'
import { InvalidRoles } from './invalid-roles.ts'

export const roles = ['receive', 'normalize', 'detect', 'deliver', 'serve'] as const
export type Role = (typeof roles)[number]

/** Roles that own partitions, each one alone. */
export const owningRoles = ['normalize', 'detect', 'deliver'] as const satisfies readonly Role[]
export type OwningRole = (typeof owningRoles)[number]

export function isOwning(role: Role): role is OwningRole {
  return owningRoles.some((owning) => owning === role)
}

/** Topics of which a partition belongs to its owner alone, as long as the claim is the newest. */
export const claimedTopics: Readonly<Record<OwningRole, readonly TopicName[]>> = {
  normalize: [],
  detect: ['snapshots'],
  deliver: ['alerts', 'deliveries'],
}

/** `receive,detect`. @throws InvalidRoles */
export function rolesOf(text: string): readonly Role[] {
  const named = text.split(',').map((name) => name.trim())
  const unknown = named.find((name) => !roles.some((role) => role === name))
  if (unknown !== undefined)
    throw new InvalidRoles(`"${unknown}" is no role; there are: ${roles.join(', ')}, with commas between them`)
  return roles.filter((role) => named.includes(role))
}
