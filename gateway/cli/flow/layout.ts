import { Graph, layout } from '@dagrejs/dagre';
import type { Arrow, Box, Picture } from '../../core/authoring/flow-picture.js';

/** A box with its place: centre, size and its text in lines. */
export interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

export interface PlacedArrow extends Arrow {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly labelLines: readonly string[];
  readonly labelAt: { readonly x: number; readonly y: number };
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
}

export const LINE_HEIGHT = 15;
const WIDTH = 210;
/** Width of a character of 12 px in a common sans-serif, rounded up: text must never leave its box. */
export const CHARACTER = 6.5;
const MAX_LINES = 4;
export const LABEL_HEIGHT = 14;
const LABEL_CHARACTERS = 24;

/** How wide a line of a label is, with some air. */
export const labelWidth = (text: string): number => text.length * CHARACTER * 0.92 + 8;

/** Puts boxes in layers from the first to the ends, with few crossings. */
export function layOut({ boxes, arrows }: Picture): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 26, ranksep: 44, edgesep: 14, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  const sized = boxes.map((box) => ({ box, lines: linesOf(box), ...sizeOf(box) }));
  for (const { box, width, height } of sized) graph.setNode(box.id, { width, height });
  const labels = arrows.map(({ label }) => broken(label, LABEL_CHARACTERS));
  arrows.forEach(({ from, to, isSide }, index) => {
    const lines = labels[index] ?? [];
    const size = { width: Math.max(0, ...lines.map(labelWidth)), height: lines.length * LABEL_HEIGHT };
    graph.setEdge({ v: from, w: to, name: String(index) }, { ...size, labelpos: 'c', weight: isSide ? 1 : 4 });
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    boxes: sized.map(({ box, lines, width: w, height: h }) => {
      const { x = 0, y = 0 } = graph.node(box.id) as { x?: number; y?: number };
      return { ...box, x, y, width: w, height: h, lines };
    }),
    arrows: arrows.map((arrow, index) => {
      const { points = [], x = 0, y = 0 } = graph.edge({ v: arrow.from, w: arrow.to, name: String(index) }) as { points?: { x: number; y: number }[]; x?: number; y?: number };
      return { ...arrow, points, labelLines: labels[index] ?? [], labelAt: { x, y } };
    }),
  };
}

function sizeOf(box: Box): { readonly width: number; readonly height: number } {
  if (box.tone === 'chip') return { width: Math.max(60, box.title.length * CHARACTER + 22), height: 24 };
  return { width: WIDTH, height: 36 + linesOf(box).length * LINE_HEIGHT + (linesOf(box).length > 0 ? 8 : 2) };
}

/** The words in as many lines as fit; more than that is cut. */
function linesOf({ text, tone }: Box): readonly string[] {
  if (tone === 'chip') return [];
  const room = Math.floor((WIDTH - 20) / CHARACTER);
  const lines = broken(text, room);
  if (lines.length <= MAX_LINES) return lines;
  const cut = lines.slice(0, MAX_LINES);
  return [...cut.slice(0, -1), `${(cut.at(-1) ?? '').slice(0, room - 1).replace(/[\s.,]+$/, '')}…`];
}

/** Breaks a text into lines of at most so many characters. */
function broken(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.slice(0, room));
  }
  return lines;
}
