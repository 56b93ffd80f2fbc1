// Builds the page's nodes: text is only ever text, and no attribute that runs or styles anything can be set.

export type Child = Node | string | number | undefined | readonly Child[]
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

type Tag = keyof HTMLElementTagNameMap
type DrawnTag = keyof SVGElementTagNameMap

const drawingSpace = 'http://www.w3.org/2000/svg'
/** Events of the stream and of the store are written by whoever may send: nothing of them may choose where a link goes. */
const safeAddress = /^(#|api\/)/
const named =
  /^(class|id|for|type|name|value|title|role|href|target|rel|lang|min|max|step|rows|cols|scope|colspan|placeholder|autocomplete|spellcheck|inputmode|maxlength|tabindex|open|hidden|disabled|checked|selected|required|multiple|datetime|width|height|viewBox|preserveAspectRatio|d|x|y|x1|y1|x2|y2|cx|cy|r|rx|text-anchor|points|label|method|aria-[a-z]+|data-[a-z-]+)$/

/** @throws on attributes it does not know: a bug of the page */
export function element<Name extends Tag>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  fill(made, attributes, children)
  return made
}

/** The same for drawings. */
export function drawn<Name extends DrawnTag>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(drawingSpace, name)
  fill(made, attributes, children)
  return made
}

function fill(made: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (!named.test(name)) throw new Error(`elements take no attribute "${name}"`)
    if (name === 'href' && !safeAddress.test(String(value))) throw new Error('a link leads somewhere else')
    made.setAttribute(name, value === true ? '' : String(value))
  }
  add(made, children)
}

function add(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue
    if (child instanceof Node) parent.append(child)
    else if (typeof child === 'string' || typeof child === 'number') parent.append(String(child))
    else add(parent, child)
  }
}

/** Puts `children` in place of what `parent` holds. */
export function show(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren()
  add(parent, children)
}

/** A button that does something; what it does ends with `gone`. */
export function button(text: Child, act: () => unknown, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text)
  made.addEventListener('click', () => {
    act()
  })
  return made
}
