// What the screens of started processes are made of.

import type { Style } from './style.ts'

/** `  records    http://…` */
export function factLine(style: Style): (name: string, value: string) => string {
  return (name, value) => `  ${style.dim(name.padEnd(10))} ${value}`
}

/** @param host as the settings say it: an IPv6 address is put in brackets */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
