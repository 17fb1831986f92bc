/** Makes an SVG element; text becomes a text node. */
export function svg(tag: string, attributes: { [name: string]: string | number }, text?: string): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}
