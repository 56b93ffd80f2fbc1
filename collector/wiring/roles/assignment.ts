// Says which member is to own which partition: as evenly as it goes, and with as few changes.

/**
 * Owner of each partition; empty while there is nobody. Pure: whoever knows the same members and owners says the same.
 * @param members ids, sorted
 * @param ownerOf who owns it now, if anybody
 */
export function assignment(
  partitions: number,
  members: readonly string[],
  ownerOf: (partition: number) => string | undefined,
): readonly string[] {
  if (members.length === 0) return []
  const fewest = Math.floor(partitions / members.length)
  /** How many members have one more than the fewest. */
  let spare = partitions % members.length
  const held = new Map(members.map((id) => [id, 0]))
  const owners: (string | undefined)[] = Array.from({ length: partitions }, () => undefined)
  for (let partition = 0; partition < partitions; partition++) {
    const owner = ownerOf(partition) ?? ''
    const count = held.get(owner)
    if (count === undefined || count > fewest || (count === fewest && spare === 0)) continue
    if (count === fewest) spare -= 1
    owners[partition] = owner
    held.set(owner, count + 1)
  }
  return owners.map((owner) => {
    if (owner !== undefined) return owner
    const least = members.reduce((a, b) => ((held.get(b) ?? 0) < (held.get(a) ?? 0) ? b : a))
    held.set(least, (held.get(least) ?? 0) + 1)
    return least
  })
}
