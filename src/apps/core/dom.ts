/** Elements made of texts: what comes from a platform is a text node, never markup. */

export type Child = Node | string | number | false | null | undefined;

type Attributes = Record<string, string | number | boolean | undefined | ((event: never) => void)>;

/** An element of HTML. `on…` are listeners, `true` is an attribute without a value, `false` and undefined are none. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** An element of SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill<Made extends Element>(made: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value as EventListener);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  put(made, children);
  return made;
}

function put(into: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    into.append(typeof child === 'number' ? String(child) : child);
  }
}

/** Puts these in place of what was there. */
export function show(into: Element, ...children: Child[]): void {
  into.replaceChildren();
  put(into, children);
}

/** A button with words on it. */
export const button = (words: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement =>
  el('button', { type: 'button', onclick: press, ...attributes }, words);
