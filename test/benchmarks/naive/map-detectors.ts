// Detectors as most people write them first: Maps of arrays, keyed by joined strings.

import type { AccessLine } from './access-line.ts'

const windowMs = 60_000

export class MapDetectors {
  private readonly edges = new Map<string, number>()
  private readonly denied = new Map<string, number[]>()
  private readonly requests = new Map<string, number[]>()
  private readonly tokens = new Map<string, string>()
  alerts = 0

  observe(line: AccessLine): void {
    const at = Date.parse(line.start_time)
    const edge = `${line.source_principal}>${line.destination_principal}>${line.method}`
    if (!this.edges.has(edge)) this.alerts += 1
    this.edges.set(edge, at)
    if (line.response_code === 403 && this.window(this.denied, line.source_principal ?? '', at) >= 5) this.alerts += 1
    if (this.window(this.requests, line.jwt_sub ?? '', at) >= 1000) this.alerts += 1
    const presenter = this.tokens.get(line.jwt_jti ?? '')
    if (presenter !== undefined && presenter !== line.source_principal) this.alerts += 1
    this.tokens.set(line.jwt_jti ?? '', line.source_principal ?? '')
  }

  private window(times: Map<string, number[]>, key: string, at: number): number {
    const list = (times.get(key) ?? []).filter((time) => time > at - windowMs)
    list.push(at)
    times.set(key, list)
    return list.length
  }
}
