// The log cursor that says where storing goes on: one for each life of the records, whose offsets mean nothing in another.

export function storedCursor(incarnation: string): string {
  return `stored/${incarnation}`
}
