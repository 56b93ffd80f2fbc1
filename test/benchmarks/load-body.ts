// A body of Istio JSON lines whose subjects, tokens, requests and times change from send to send without building it anew.

const services = 40
const subjects = 100_000
const tokens = 1_000_000
/** One line in so many comes from a workload never seen before, and makes state grow. */
const growthEvery = 100

interface Slots {
  readonly time: number
  readonly request: number
  readonly subject: number
  readonly token: number
  readonly session: number
  /** −1 on lines from known callers. */
  readonly growth: number
}

/** Fixed-width fields are written as digits of this many characters. */
const widths = { time: 24, request: 12, subject: 6, token: 7, session: 6, growth: 9 } as const

export interface LoadBody {
  readonly bytes: Buffer
  readonly lines: number
  /** Makes the body one that was never sent: `sequence` is the number of lines sent before it. */
  renew(sequence: number, at: number): void
}

export function openLoadBody(lines: number): LoadBody {
  const texts: string[] = []
  const slots: Slots[] = []
  let offset = 0
  for (let line = 0; line < lines; line++) {
    const { text, at } = lineTemplate(line)
    slots.push({
      time: offset + at.time,
      request: offset + at.request,
      subject: offset + at.subject,
      token: offset + at.token,
      session: offset + at.session,
      growth: at.growth === -1 ? -1 : offset + at.growth,
    })
    texts.push(text)
    offset += text.length
  }
  const bytes = Buffer.from(texts.join(''), 'latin1')
  return {
    bytes,
    lines,
    renew: (sequence, at) => {
      const stamp = Buffer.from(new Date(at).toISOString(), 'latin1')
      for (let line = 0; line < slots.length; line++) {
        const slot = slots[line] as Slots // line < length
        const number = sequence + line
        for (let digit = 0; digit < widths.time; digit++) bytes[slot.time + digit] = stamp[digit] ?? 0
        writeDigits(bytes, slot.request, number, widths.request)
        writeDigits(bytes, slot.subject, mix(number) % subjects, widths.subject)
        const token = mix(number + 7) % tokens
        writeDigits(bytes, slot.token, token, widths.token)
        writeDigits(bytes, slot.session, token % subjects, widths.session)
        if (slot.growth !== -1) writeDigits(bytes, slot.growth, number, widths.growth)
      }
    },
  }
}

/** A line of about 1.1 KB as the shipped Istio snippet writes it. */
function lineTemplate(line: number): { text: string; at: Slots } {
  const caller = `svc-${String(line % services).padStart(2, '0')}`
  const destination = `svc-${String((line * 7 + 3) % services).padStart(2, '0')}`
  const grows = line % growthEvery === 0
  const principal = grows
    ? `spiffe://cluster.local/ns/jobs/sa/job-${'0'.repeat(widths.growth)}`
    : `spiffe://cluster.local/ns/shop/sa/${caller}`
  const zeros = (name: keyof typeof widths): string => '0'.repeat(widths[name])
  const pod = 10 + (line % 200)
  const text = `{"start_time":"${zeros('time')}","route_name":"default","method":"${line % 3 === 0 ? 'POST' : 'GET'}","path":"/v1/orders/${1000 + line}/items?page=2","protocol":"HTTP/2","response_code":${line % 50 === 0 ? 404 : 200},"response_flags":"-","response_code_details":"via_upstream","connection_termination_details":null,"bytes_received":182,"bytes_sent":${512 + line},"duration":${3 + (line % 40)},"upstream_service_time":"${2 + (line % 30)}","x_forwarded_for":"10.20.3.${pod}","user_agent":"okhttp/4.12","request_id":"0d9f2f3a-5b1e-4c55-9a6e-${zeros('request')}","authority":"${destination}.shop.svc.cluster.local:8080","upstream_host":"10.20.7.21:8080","upstream_cluster":"inbound|8080||","upstream_local_address":"127.0.0.6:40412","downstream_local_address":"10.20.7.21:8080","downstream_remote_address":"10.20.3.${pod}:51834","requested_server_name":"outbound_.8080_._.${destination}.shop.svc.cluster.local","upstream_transport_failure_reason":null,"source_principal":"${principal}","destination_principal":"spiffe://cluster.local/ns/shop/sa/${destination}","trace_id":"5b8efff798038103d269${zeros('request')}","jwt_iss":"https://login.shop.example/realms/shop","jwt_sub":"u-${zeros('subject')}","jwt_azp":"web","jwt_jti":"tok-${zeros('token')}","jwt_sid":"s-${zeros('session')}","jwt_scope":"openid orders","jwt_exp":4102444800,"attempt":1}\n`
  const zeroed = new RegExp(`tok-(?=0{${widths.token}})`)
  const at = {
    time: text.indexOf('"start_time":"') + '"start_time":"'.length,
    request: text.indexOf('4c55-9a6e-') + '4c55-9a6e-'.length,
    subject: text.indexOf('"jwt_sub":"u-') + '"jwt_sub":"u-'.length,
    token: text.search(zeroed) + 'tok-'.length,
    session: text.indexOf('"jwt_sid":"s-') + '"jwt_sid":"s-'.length,
    growth: grows ? text.indexOf('/sa/job-') + '/sa/job-'.length : -1,
  }
  return { text, at }
}

/** Of a value below 2^31: the generator shares two processors with what it measures, so it divides as whole numbers. */
function writeDigits(bytes: Buffer, at: number, value: number, width: number): void {
  let rest = value | 0
  for (let digit = width - 1; digit >= 0; digit--) {
    const tenth = (rest / 10) | 0
    bytes[at + digit] = 0x30 + rest - tenth * 10
    rest = tenth
  }
}

/** Spreads consecutive numbers over a range, the same way in every run. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
