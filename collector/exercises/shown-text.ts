// Text of stories and events, made harmless for the page that it stands on.

const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const mostCharacters = 4_000

/** Control, escape and direction-changing characters become visible; what is far too long is cut. */
function visible(text: string): string {
  const short = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text
  return short.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For content and quoted attributes of HTML and SVG. */
export function htmlText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** For a paragraph, heading or cell of Markdown: on one line, with nothing that is markup. */
export function markdownText(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()#+!|~<>&]/g, (character) => entities[character] ?? `\\${character}`)
    .replace(/^([-=])/, '\\$1')
    .replace(/^(\d+)\./, '$1\\.')
    .replace(/:\/\//g, ':\\/\\/')
}
