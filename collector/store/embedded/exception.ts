// Errors in ClickHouse's own shape: code, name, message, and the HTTP status that ClickHouse gives each code.

/** Codes that this interface raises itself, with ClickHouse's names for them. */
const ownCodes = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  LOGICAL_ERROR: 49,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  UNKNOWN_DATABASE: 81,
  UNKNOWN_SETTING: 115,
  TIMEOUT_EXCEEDED: 159,
  READONLY: 164,
  REQUIRED_PASSWORD: 194,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  NETWORK_ERROR: 210,
  QUERY_IS_TOO_LARGE: 229,
  ABORTED: 236,
  NOT_ENOUGH_SPACE: 243,
  ZLIB_INFLATE_FAILED: 354,
  QUERY_WAS_CANCELLED: 394,
  UNKNOWN_QUERY_PARAMETER: 456,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  UNKNOWN_EXCEPTION: 1002,
} as const

export type OwnCode = keyof typeof ownCodes

/** A refusal as a client of ClickHouse expects to read it. */
export class ClickHouseException extends Error {
  readonly code: number
  /** What follows `DB::Exception: `, with ClickHouse's name of the code in brackets at its end. */
  readonly detail: string

  constructor(code: number, detail: string, options?: ErrorOptions) {
    super(`Code: ${code}. DB::Exception: ${detail}`, options)
    this.name = 'ClickHouseException'
    this.code = code
    this.detail = detail
  }
}

export function refusal(name: OwnCode, message: string, options?: ErrorOptions): ClickHouseException {
  return new ClickHouseException(ownCodes[name], `${message}. (${name})`, options)
}

const engineMessage = /Code: (\d+)\. DB::Exception: ([\s\S]*)/

/** Reads the code out of whatever the engine or the file system threw. */
export function asException(cause: unknown): ClickHouseException {
  if (cause instanceof ClickHouseException) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const match = engineMessage.exec(message)
  if (match !== null) return new ClickHouseException(Number(match[1]), match[2] ?? '', { cause })
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'TimeoutError') return refusal('TIMEOUT_EXCEEDED', 'Timeout exceeded', { cause })
  if (name === 'AbortError') return refusal('QUERY_WAS_CANCELLED', 'Query was cancelled', { cause })
  if (isFull(cause)) return refusal('NOT_ENOUGH_SPACE', `the disk is full: ${message}`, { cause })
  return refusal('UNKNOWN_EXCEPTION', message, { cause })
}

function isFull(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
}

// https://github.com/ClickHouse/ClickHouse/blob/master/src/Server/HTTP/exceptionCodeToHTTPStatus.cpp
const statuses: ReadonlyMap<number, number> = new Map(
  (
    [
      [401, [194]],
      [403, [192, 193, 497, 512, 516]],
      [
        400,
        [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676],
      ],
      [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]],
      [408, [159]],
      [411, [381]],
      [413, [229]],
      [415, [779]],
      [501, [48]],
      [503, [76, 209, 439]],
      // Ours: a client that only looks at the status learns whether to wait, to make room or to step down.
      [503, [202, 210, 241, 252]],
      [507, [243]],
      [409, [236]],
      [403, [164]],
    ] as const
  ).flatMap(([status, codes]) => codes.map((code) => [code, status] as const)),
)

export function httpStatus(code: number): number {
  return statuses.get(code) ?? 500
}

/** The body of an error reply. */
export function exceptionBody(exception: ClickHouseException, version: string): string {
  return `${exception.message} (version ${version})\n`
}
