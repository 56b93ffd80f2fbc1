// What a kind of numbered record is: made anew from its number alone, so that the oracle needs no copy of what was sent.

export interface RecordKind {
  readonly name: string
  /** Where it is posted. */
  readonly path: string
  readonly contentType: string
  /** One line of a file that a replay reads as the same event. */
  lineOf(number: number): string
  /** The body of a request that holds these. */
  bodyOf(numbers: readonly number[]): string | Uint8Array<ArrayBuffer>
}

const startAt = Date.UTC(2026, 10, 2, 0, 0, 0)
const stepMs = 400

/** Epoch ms of the event of a number. */
export function instantOf(number: number): number {
  return startAt + number * stepMs
}

export const digitsOfNumber = 12

/** Every record carries its number in an id that is stored. */
export function digits(number: number): string {
  return String(number).padStart(digitsOfNumber, '0')
}

export function uuidOf(number: number): string {
  return `00000000-0000-4000-8000-${digits(number)}`
}

/** Lines with a break behind each. */
export function joinedLines(kind: Pick<RecordKind, 'lineOf'>, numbers: readonly number[]): string {
  return numbers.map((number) => `${kind.lineOf(number)}\n`).join('')
}
