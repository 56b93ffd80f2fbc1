// Finds characters that make a text read differently from what it is: controls, line breaks, direction overrides, halves.

// C0 without tab, DEL, C1, line and paragraph separators, bidirectional controls (Unicode TR 36 and "Trojan Source").
const hidden = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** The first such character as `U+202E`; `''` where the text is what it looks like. */
export function hiddenCharacter(text: string): string {
  const found = hidden.exec(text) ?? loneSurrogate.exec(text)
  if (found === null) return ''
  return `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** A piece of a record for the detail of a refusal: quoted, short, on one line, nothing hidden in it. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
  return JSON.stringify(shown).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
