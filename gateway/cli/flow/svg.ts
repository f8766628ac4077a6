import type { Tone } from '../../core/authoring/flow-picture.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import { CHARACTER, LABEL_HEIGHT, labelWidth, LINE_HEIGHT, type Layout, type PlacedArrow, type PlacedBox } from './layout.js';

const FONT = 'font-family="-apple-system, \'Segoe UI\', Roboto, \'DejaVu Sans\', Arial, sans-serif"';
/** Fill, edge and what it means. */
const TONES: Readonly<Record<Tone, { readonly fill: string; readonly edge: string; readonly words: string }>> = {
  says: { fill: '#f4f6fb', edge: '#7d8fb3', words: 'the caller hears' },
  asks: { fill: '#e4f0ff', edge: '#2f6fd0', words: 'the caller is asked' },
  acts: { fill: '#fff5df', edge: '#c98a12', words: 'something is done' },
  decides: { fill: '#f3ecfb', edge: '#8257b8', words: 'something is decided' },
  ends: { fill: '#e3f5e8', edge: '#2d8a4e', words: 'the call leaves here' },
  chip: { fill: '#e3f5e8', edge: '#2d8a4e', words: '' },
};
const HEAD = 118;
const LEAST_WIDTH = 760;

/** The picture as SVG that stands alone: purpose and owner, what colours mean, boxes and arrows. */
export function svgOf(flow: Flow, { width, height, boxes, arrows }: Layout, everywhere: string): string {
  const full = Math.max(LEAST_WIDTH, Math.ceil(width));
  const total = Math.ceil(height) + HEAD;
  const inset = Math.round((full - width) / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${full} ${total}" width="${full}" height="${total}" role="img" ${FONT} font-size="12" fill="#1c2330">`,
    `<title>${safe(flow.id)}: ${safe(flow.purpose)}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#5b6577"/></marker>',
    '<marker id="pale" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#a9b1bf"/></marker></defs>',
    `<rect width="${full}" height="${total}" fill="#ffffff"/>`,
    head(flow, full, everywhere),
    `<g transform="translate(${inset} ${HEAD})">`,
    ...arrows.map(line),
    ...boxes.map((one) => box(one, one.id === flow.start)),
    ...arrows.map(label),
    '</g></svg>',
    '',
  ].join('\n');
}

function head(flow: Flow, width: number, everywhere: string): string {
  const room = Math.floor((width - 48) / CHARACTER);
  const purpose = flow.purpose.replace(/\s+/g, ' ').trim();
  const shown = purpose.length > room ? `${purpose.slice(0, room - 1)}…` : purpose;
  let x = 24;
  const legend = Object.values(TONES).flatMap(({ fill, edge, words }) => {
    if (words === '') return [];
    const item = `<rect x="${x}" y="88" width="14" height="14" rx="3" fill="${fill}" stroke="${edge}"/><text x="${x + 20}" y="99.5" fill="#4a5364">${words}</text>`;
    x += words.length * CHARACTER + 42;
    return [item];
  });
  return [
    `<text x="24" y="34" font-size="20" font-weight="600">${safe(flow.id)}</text>`,
    `<text x="24" y="54">${safe(shown)}</text>`,
    `<text x="24" y="72" fill="#4a5364">Owner: ${safe(flow.owner)} · Review by ${safe(flow.reviewBy)} · ${safe(everywhere)}</text>`,
    ...legend,
  ].join('\n');
}

function box({ id, x, y, width, height, tone, kind, title, lines }: PlacedBox, isStart: boolean): string {
  const { fill, edge } = TONES[tone];
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  if (tone === 'chip') {
    return `<g><rect x="${left}" y="${top}" width="${width}" height="${height}" rx="12" fill="${fill}" stroke="${edge}"/><text x="${round(x)}" y="${round(y + 4)}" text-anchor="middle" fill="#1f6b3a">${safe(title)}</text></g>`;
  }
  const radius = tone === 'ends' ? 16 : tone === 'decides' ? 2 : 7;
  return [
    `<g data-node="${safe(id)}"><rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${edge}" stroke-width="${isStart ? 2.5 : 1.2}"/>`,
    `<text x="${left + 10}" y="${top + 14}" font-size="9.5" fill="${edge}" letter-spacing=".4">${safe(kind)}</text>`,
    `<text x="${left + 10}" y="${top + 29}" font-size="13" font-weight="600">${safe(title)}</text>`,
    ...lines.map((text, index) => `<text x="${left + 10}" y="${top + 46 + index * LINE_HEIGHT}" fill="#333c4d">${safe(text)}</text>`),
    '</g>',
  ].join('');
}

function line({ points, isSide }: PlacedArrow): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  // From the middle of one piece to the middle of the next, bent towards the point between: corners become curves.
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    return `Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
  });
  const last = rest.at(-1) ?? first;
  const path = `M${round(first.x)} ${round(first.y)}${bends.join('')}L${round(last.x)} ${round(last.y)}`;
  return `<path d="${path}" fill="none" stroke="${isSide ? '#a9b1bf' : '#5b6577'}" stroke-width="1.3"${isSide ? ' stroke-dasharray="4 3"' : ''} marker-end="url(#${isSide ? 'pale' : 'tip'})"/>`;
}

function label({ labelLines, labelAt, isSide }: PlacedArrow): string {
  if (labelLines.length === 0) return '';
  const width = Math.max(...labelLines.map(labelWidth));
  const top = labelAt.y - (labelLines.length * LABEL_HEIGHT) / 2;
  const lines = labelLines.map((text, index) => `<text x="${round(labelAt.x)}" y="${round(top + 11 + index * LABEL_HEIGHT)}" text-anchor="middle" font-size="11" fill="${isSide ? '#7a8494' : '#1c2330'}">${safe(text)}</text>`);
  return `<g><rect x="${round(labelAt.x - width / 2)}" y="${round(top - 1)}" width="${round(width)}" height="${labelLines.length * LABEL_HEIGHT + 2}" rx="4" fill="#ffffff" opacity=".93"/>${lines.join('')}</g>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const safe = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
