const SHAPES = {
  search: 'M10.5 18a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15ZM16 16l5 5',
  close: 'M6 6l12 12M18 6L6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  plus: 'M12 5v14M5 12h14',
  reply: 'M5 5h14v10h-8l-4 4v-4H5z',
  smile: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18ZM8.5 14.5c1.8 2 5.2 2 7 0M9 9.5v.5M15 9.5v.5',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  send: 'M4 12l16-8-6 16-3-6z',
  chevron: 'M6 9l6 6 6-6',
  up: 'M6 15l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  hash: 'M9 4L7 20M17 4l-2 16M4 9h17M3 15h17',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.2M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  leave: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  compass: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18ZM15.5 8.5l-2 5-5 2 2-5z',
  unread: 'M4 6h10M4 12h16M4 18h16M19 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  megaphone: 'M4 10v4h3l8 5V5l-8 5zM7 14l1.5 6h2.5l-1-5M18.5 9a4 4 0 0 1 0 6',
  'bell-off': 'M7 17h10l-1.2-2V10a3.8 3.8 0 0 0-7-2M8.2 10v5L7 17M10.5 20h3M4 4l16 16',
  sliders: 'M4 7h10M18 7h2M16 4.5v5M4 17h2M10 17h10M8 14.5v5',
  'check-all': 'M2.5 13l4 4 8-10M12 16l1 1 8-10',
} as const;

export type IconName = keyof typeof SHAPES;

/** A decorative line icon of 24 by 24 units; the control around it carries the label. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', SHAPES[name]);
  svg.append(shape);
  return svg;
}
