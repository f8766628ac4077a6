import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagram } from '../../../gateway/cli/flow/diagram.js';
import { CHARACTER, layOut } from '../../../gateway/cli/flow/layout.js';
import { svgOf } from '../../../gateway/cli/flow/svg.js';
import { pictureOf } from '../../../gateway/core/authoring/flow-picture.js';
import { sampleFlow } from '../../ivr-flows/sample-files.js';
import { printed } from './printed.js';

const flow = sampleFlow('invoice-extension');
const placed = layOut(pictureOf(flow, 'sv'));

describe('the drawing', () => {
  it('no two boxes overlap, all lie on the sheet, and words stay in their box', () => {
    const overlaps = placed.boxes.flatMap((a, index) =>
      placed.boxes.slice(index + 1).filter((b) => Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2).map((b) => `${a.id} ${b.id}`),
    );
    expect(overlaps).toEqual([]);
    for (const { x, y, width, height, lines } of placed.boxes) {
      expect([x - width / 2 >= 0, y - height / 2 >= 0, x + width / 2 <= placed.width, y + height / 2 <= placed.height]).toEqual([true, true, true, true]);
      for (const line of lines) expect(line.length * CHARACTER).toBeLessThanOrEqual(width - 20);
    }
  });

  it('every arrow begins and ends at its boxes', () => {
    const reach = (id: string, point: { readonly x: number; readonly y: number } | undefined): boolean => {
      const box = placed.boxes.find((one) => one.id === id);
      return box !== undefined && point !== undefined && Math.abs(point.x - box.x) <= box.width / 2 + 1 && Math.abs(point.y - box.y) <= box.height / 2 + 1;
    };
    for (const { from, to, points } of placed.arrows) expect([from, reach(from, points[0]), to, reach(to, points.at(-1))]).toEqual([from, true, to, true]);
  });

  it('a loop back to the same step and a flow of one node can be drawn too', () => {
    const box = { tone: 'asks', kind: '', title: 'A', text: '' } as const;
    expect(layOut({ boxes: [{ ...box, id: 'a' }], arrows: [{ from: 'a', to: 'a', label: '1', isSide: false }] }).arrows[0]?.points.length).toBeGreaterThan(1);
  });

  it('shows purpose, owner and review date, and is no other document than SVG whatever the texts hold', () => {
    const loud = { ...flow, purpose: 'a <script>"b"</script> & c' };
    const svg = svgOf(loud, placed, 'none');
    expect(svg).toContain('Owner: billing-self-service · Review by 2027-06-01');
    expect(svg).toContain('a &lt;script&gt;&quot;b&quot;&lt;/script&gt; &amp; c');
    expect(svg).not.toContain('<script');
    expect(svg.match(/data-node="/g)).toHaveLength(placed.boxes.filter(({ tone }) => tone !== 'chip').length);
  });
});

describe('vaxel flow diagram', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vx-diagram-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): string => join(folder, name);

  it('writes Mermaid and SVG by the ending of the file', async () => {
    expect((await printed(diagram, 'invoice-extension', '--out', file('a.mmd'))).status).toBe(0);
    expect((await printed(diagram, 'invoice-extension', '--out', file('a.svg'))).status).toBe(0);
    expect(readFileSync(file('a.mmd'), 'utf8')).toContain('flowchart TD');
    expect(readFileSync(file('a.svg'), 'utf8')).toMatch(/^<svg [^>]+>\n<title>/);
  });

  it('prints Mermaid, or with --json the boxes and arrows as well', async () => {
    expect((await printed(diagram, 'balance')).text).toContain('flowchart TD');
    const { json } = await printed(diagram, 'balance', '--json');
    expect(json).toEqual([expect.objectContaining({ event: 'diagram', flow: 'balance', language: 'sv', boxes: expect.any(Array) as unknown, arrows: expect.any(Array) as unknown, mermaid: expect.stringContaining('flowchart TD') as unknown })]);
  });

  it('writes a page that stands alone, with what callers hear in the language asked for and what each key does', async () => {
    expect((await printed(diagram, 'invoice-extension', '--language', 'nb', '--page', file('a.html'))).status).toBe(0);
    const page = readFileSync(file('a.html'), 'utf8');
    expect(page).not.toMatch(/(src|href)="(?!#)|@import|url\((?!#)/);
    for (const words of ['billing-self-service', '2027-06-01', '+46771000100', 'Vil du ha mer tid til å betale, trykk en.', 'a person (queue “Invoices and payments”)']) expect(page).toContain(words);
    expect(page).toMatch(/<kbd>2<\/kbd><\/th><td><a href="#step-copy">/);
    for (const [, step] of page.matchAll(/href="#(step-[^"]+)"/g)) expect(page).toContain(`id="${step ?? ''}"`);
  });

  it.each([
    [['other'], 'there is no flow "other": use one of '],
    [[], 'name a flow: one of '],
    [['invoice-extension', '--language', 'da'], '--language: the flow speaks sv, nb, en'],
    [['invoice-extension', '--out', 'a.png'], '--out: name a file that ends with .mmd or .svg'],
  ])('%j is wrong usage', async (args, words) => {
    expect(await printed(diagram, ...args)).toMatchObject({ status: 2, text: expect.stringContaining(words) as string });
  });
});
