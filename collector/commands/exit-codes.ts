// The exit codes of every command.

export const exitCodes = {
  done: 0,
  /** It could not be done: an outage, a refusal, no such thing. */
  failed: 1,
  /** The call or the settings are wrong. */
  usage: 2,
  /** `--fail-on`: alerts of that severity stand. */
  alerts: 3,
  /** What was looked for is nowhere. */
  unseen: 4,
} as const
