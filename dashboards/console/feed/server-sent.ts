// Reads server-sent events out of a body as it comes (WHATWG HTML §9.2), in pieces cut anywhere.

export interface ServerSent {
  readonly event: string
  readonly id: string
  readonly data: string
}

/** Longest text of one event; an alert is far smaller. */
const mostChars = 4 * 1024 * 1024

/** A function that takes the next piece and gives the events that it completes. */
export function openServerSent(): (piece: string) => readonly ServerSent[] {
  let rest = ''
  return (piece) => {
    rest += piece
    if (rest.length > mostChars) throw new Error('an event of the stream has no end')
    // A piece may end between the two characters of a line's end.
    const held = rest.endsWith('\r') ? '\r' : ''
    const blocks = (held === '' ? rest : rest.slice(0, -1)).replace(/\r\n?/g, '\n').split('\n\n')
    rest = `${blocks.pop() ?? ''}${held}`
    return blocks.flatMap(eventOf)
  }
}

function eventOf(block: string): readonly ServerSent[] {
  let event = 'message'
  let id = ''
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'event') event = value
    else if (name === 'id') id = value
    else if (name === 'data') data.push(value)
  }
  return data.length === 0 ? [] : [{ event, id, data: data.join('\n') }]
}
