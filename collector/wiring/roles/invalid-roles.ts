// Roles that cannot be run as asked.

export class InvalidRoles extends Error {
  readonly code = 'ERR_USAGE'
}
