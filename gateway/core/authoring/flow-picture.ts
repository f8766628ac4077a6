import type { Flow } from '../flow/flow-schema.js';
import type { Language } from '../flow/flow-types.js';
import type { FlowNode, KindName } from '../flow/node-schema.js';
import { kindWords, nodeTitle, operationWords, pastNotes, waysInWords, wishWords, wordsOf } from './flow-words.js';

/** How a box is drawn: what callers hear, what they are asked, what is done, what is decided, where it ends. */
export type Tone = 'says' | 'asks' | 'acts' | 'decides' | 'ends' | 'chip';

export interface Box {
  readonly id: string;
  readonly tone: Tone;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** What happens to callers who do not answer, or when a system is down: drawn paler. */
  readonly isSide: boolean;
}

/** A flow as boxes and arrows, for drawing. */
export interface Picture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

const TONES: Readonly<Record<KindName, Tone>> = {
  say: 'says', incident: 'says', menu: 'asks', collect: 'asks', confirm: 'asks', consent: 'asks', survey: 'asks', identify: 'asks', record: 'asks', callback: 'asks', connector: 'acts', set: 'acts', language: 'acts',
  subflow: 'acts', branch: 'decides', hours: 'decides', share: 'decides', queue: 'ends', transfer: 'ends', return: 'ends', hangup: 'ends',
};
/** An end that more arrows than this lead to is drawn where each of them starts, so that the picture does not become a web. */
const MAX_ARROWS_TO_AN_END = 2;

/** Draws what callers can reach, in one language. */
export function pictureOf(flow: Flow, language: Language): Picture {
  // What tells of incidents first is in every flow, so it is in no picture.
  const shown = [...flow.nodes].filter(([id, node]) => (node.do !== 'set' || id === flow.start) && (id === flow.start || id !== flow.first));
  const boxes = shown.map(([id, node]) => boxOf(flow, { id, node }, language));
  const arrows = shown.flatMap(([id, node]) => arrowsOf(flow, id, node));
  const arrivals = (id: string): number => arrows.filter(({ to }) => to === id).length;
  const isOftenTheEnd = (id: string): boolean => arrivals(id) > MAX_ARROWS_TO_AN_END && !arrows.some(({ from }) => from === id);
  const chips: Box[] = [];
  const drawn = arrows.map((arrow) => {
    if (!isOftenTheEnd(arrow.to)) return arrow;
    const chip = `${arrow.from}--${arrow.to}`;
    if (!chips.some(({ id }) => id === chip)) chips.push({ id: chip, tone: 'chip', kind: '', title: `→ ${nodeTitle(flow, arrow.to)}`, text: '' });
    return { ...arrow, to: chip };
  });
  // The box of such an end stands alone and shows what is said there.
  return { boxes: [...boxes, ...chips], arrows: drawn };
}

function boxOf(flow: Flow, { id, node }: { readonly id: string; readonly node: FlowNode }, language: Language): Box {
  const keys = [...flow.anywhere].flatMap(([key, to]) => (to === id ? [`${key} from every step`] : []));
  const before = [...(id === flow.start ? ['Begins here'] : []), ...(id === flow.error ? ['When a step breaks'] : []), ...keys];
  return { id, tone: TONES[node.do], kind: [...before, kindWords(node)].join(' · '), title: nodeTitle(flow, id), text: textOf(flow, node, language) };
}

function textOf(flow: Flow, node: FlowNode, language: Language): string {
  const words = wordsOf(flow, node, language).join(' ');
  switch (node.do) {
    case 'connector':
    case 'identify':
      return [operationWords(node.call), words].filter((part) => part !== '').join(': ');
    case 'subflow':
      return `flow ${node.flow}`;
    case 'share':
      return `${node.percent} % of the callers`;
    case 'hours':
      return `opening hours ${node.of}`;
    case 'return':
      return `comes back: ${node.exit}`;
    case 'queue':
      return [`queue ${node.queue}${wishWords(flow, node)}`, words].filter((part) => part !== '').join(': ');
    default:
      return words;
  }
}

/** Ways between the same two boxes are one arrow. */
function arrowsOf(flow: Flow, from: string, node: FlowNode): readonly Arrow[] {
  const arrows = new Map<string, { labels: string[]; isSide: boolean }>();
  for (const { to: next, when, kind } of waysInWords(flow, node)) {
    const { to, noted } = pastNotes(flow, next);
    const label = [when, noted === '' ? '' : `(${noted})`].filter((part) => part !== '').join(' ');
    const isSide = kind === 'noAnswer' || (node.do === 'connector' && when === 'error');
    const key = `${to} ${String(isSide)}`;
    const before = arrows.get(key);
    if (before === undefined) arrows.set(key, { labels: label === '' ? [] : [label], isSide });
    else before.labels.push(label);
  }
  return [...arrows].map(([key, { labels, isSide }]) => ({ from, to: key.slice(0, key.indexOf(' ')), label: isSide && node.do !== 'connector' ? 'no answer' : [...new Set(labels)].join(' or '), isSide }));
}
