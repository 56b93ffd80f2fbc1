// What a process with roles says when it has started.

import type { Role } from '../../wiring/roles/role.ts'
import { factLine, urlOf } from './screen-lines.ts'
import type { Style } from './style.ts'

export function roleScreen(roles: readonly Role[], host: string, port: number, style: Style): string {
  const url = urlOf(host, port)
  const fact = factLine(style)
  return [
    style.bold('eastwest'),
    fact('roles', roles.join(', ')),
    ...(roles.includes('receive') ? [fact('records', `${url}/v1/events`)] : []),
    ...(roles.includes('serve') ? [fact('console', `${url}/`)] : []),
    fact('health', `${url}/readyz?verbose`),
    fact('metrics', `${url}/metrics`),
    style.dim('Started; which partitions it owns is said there, and in its log.'),
  ].join('\n')
}
