/** What a child of an element may be. Text always becomes a text node, so data can never become markup. */
export type Child = Node | string | null;

interface Attributes {
  readonly class?: string;
  readonly [name: string]: string | number | boolean | ((event: Event) => void) | undefined;
}

/** Makes an element: attributes by name, listeners as `onclick` and the like, `false` and `undefined` leave an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

function drawing(attributes: Readonly<Record<string, string>>, ...shapes: readonly SVGElement[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(...shapes);
  return svg;
}

function shape(tag: 'path' | 'circle', attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Line icons on a 24 grid. */
const ICONS = {
  phone: 'M6.5 3.5 9.5 4l1.3 4-2 1.600a12 12 0 0 0 5.6 5.600l1.6-2 4 1.3.5 3c.1 1-.7 1.9-1.7 1.900C11 19.4 4.6 13 4.6 5.200c0-1 .9-1.8 1.9-1.700Z',
  web: 'M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM3.5 12h17M12 3.500c2.5 2.5 3.5 5.3 3.5 8.500s-1 6-3.5 8.500c-2.5-2.5-3.5-5.3-3.5-8.500s1-6 3.5-8.500Z',
  chat: 'M4.5 5.500h15v10h-8l-4.5 4v-4H4.500Z',
  sms: 'M4 5h16v11H9l-5 4ZM8 9.500h8M8 12.500h5',
  email: 'M3.5 6h17v12h-17ZM4 6.500l8 6.5 8-6.5',
  note: 'M6 3.500h9l3.5 3.500v13.500H6ZM9 11h6M9 15h6',
  said: 'M4 9.500v5h3.500L12 18V6L7.5 9.500ZM15.5 9a4.5 4.5 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  keyed: 'M5 5h3.500v3.500H5ZM10.3 5h3.500v3.500h-3.500ZM15.5 5H19v3.500h-3.500ZM5 10.300h3.500v3.500H5ZM10.3 10.300h3.500v3.500h-3.500ZM15.5 10.300H19v3.500h-3.500ZM10.3 15.500h3.500V19h-3.500Z',
  done: 'M5 12.5l4.5 4.5L19 7.5',
  not: 'M12 4.5l8.5 15h-17ZM12 10v4.5M12 17v.2',
  bell: 'M6.5 16.500V11a5.5 5.5 0 0 1 11 0v5.500l1.5 1.500H5ZM10 20.500h4',
  bellOff: 'M6.5 16.500V11a5.5 5.5 0 0 1 11 0v5.500l1.5 1.500H5ZM10 20.500h4M4 4l16 16',
  leave: 'M14 4.500H5.500v15H14M10 12h10.500M17 8.500l3.5 3.5-3.5 3.5',
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  return drawing(
    { viewBox: '0 0 24 24', class: 'icon', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.6', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
    shape('path', { d: ICONS[name] }),
  );
}

export function brandMark(): SVGSVGElement {
  return drawing(
    { viewBox: '0 0 32 32', class: 'mark' },
    shape('path', { d: 'M8 9c1.5 7 4.5 12 8 14 3.5-2 6.5-7 8-14', fill: 'none', stroke: 'currentColor', 'stroke-width': '2.6', 'stroke-linecap': 'round' }),
    shape('circle', { cx: '8', cy: '9', r: '2.8', class: 'mark-dot' }),
    shape('circle', { cx: '24', cy: '9', r: '2.8', fill: 'currentColor' }),
  );
}

export interface Ring {
  readonly root: SVGSVGElement;
  /** 1 = full. */
  show(share: number): void;
}

/** A circle that empties with the time left. */
export function ring(): Ring {
  const radius = 20;
  const around = 2 * Math.PI * radius;
  const track = shape('circle', { cx: '24', cy: '24', r: String(radius), class: 'ring-track' });
  const hand = shape('circle', { cx: '24', cy: '24', r: String(radius), class: 'ring-hand', 'stroke-dasharray': String(around), transform: 'rotate(-90 24 24)' });
  const root = drawing({ viewBox: '0 0 48 48', class: 'ring' }, track, hand);
  return { root, show: (share) => hand.setAttribute('stroke-dashoffset', String(around * (1 - Math.min(1, Math.max(0, share))))) };
}
