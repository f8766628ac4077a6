import type { Content } from '../../content.js';
import { kindWords, labelOf, LANGUAGE_WORDS, nodeTitle, operationWords, pastNotes, promptWords, titleOf, waysInWords, wordsOf, type WayInWords, wishWords } from '../../core/authoring/flow-words.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { FlowNode } from '../../core/flow/node-schema.js';
import type { Language } from '../../core/flow/flow-types.js';
import { PAGE_STYLE } from './page-style.js';

export interface PageOf {
  readonly flow: Flow;
  readonly language: Language;
  readonly content: Content;
  readonly svg: string;
}


/** A page for people who do not read YAML: why the flow exists, and what callers hear step by step. Stands alone and prints. */
export function pageOf(of: PageOf): string {
  const { flow, language, content, svg } = of;
  const steps = stepsOf(flow);
  const numbers = [...content.centre.numbers.values()].filter(({ flowId }) => flowId === flow.id).map(({ number }) => number);
  const facts: readonly (readonly [string, string])[] = [
    ['Why it exists', flow.purpose.trim()],
    ['What it is to change', flow.expect.trim()],
    ['Who answers for it', flow.owner],
    ['Looked at again by', flow.reviewBy],
    ['Number to call', numbers.join(', ') || 'none yet'],
    ['Languages', `${flow.languages.map((one) => LANGUAGE_WORDS[one]).join(', ')}. This page shows what callers hear in ${LANGUAGE_WORDS[language]}.`],
    ...[...flow.anywhere].map(([key, to]) => [`Key ${key}`, `leads to ${plainTarget(of, to)} from every step`] as const),
    ['If something breaks', `the caller goes to ${plainTarget(of, flow.error)}`],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(titleOf(flow.id))}</title><style>${PAGE_STYLE}</style></head><body>
<header><p class="over">What callers hear</p><h1>${safe(titleOf(flow.id))}</h1>
<dl>${facts.map(([name, text]) => `<div><dt>${safe(name)}</dt><dd>${safe(text)}</dd></div>`).join('')}</dl></header>
<main><h2>Step by step</h2>
<ol class="steps">${[...steps].map(([id, number]) => stepText(of, { id, number, steps })).join('\n')}</ol></main>
<footer>Made from the flow file, version ${safe(flow.version.slice(0, 12))}. Words in [brackets] are filled in for each caller.</footer>
<section class="picture"><h2>The whole way</h2><div class="scroll">${svg}</div></section>
</body></html>
`;
}

/** Steps by id with their numbers: in the order in which callers can meet them, ends last. */
function stepsOf(flow: Flow): ReadonlyMap<string, number> {
  const order: string[] = [];
  const seen = new Set<string>();
  const walk = (from: string): void => {
    const open = [from];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      const node = flow.nodes.get(id);
      if (node === undefined || seen.has(id)) continue;
      seen.add(id);
      if (node.do !== 'set') order.push(id);
      open.push(...waysInWords(flow, node).map(({ to }) => to));
    }
  };
  for (const from of [flow.start, ...flow.anywhere.values(), flow.error]) walk(from);
  const isEnd = (id: string): boolean => waysInWords(flow, flow.nodes.get(id) ?? { do: 'hangup' }).length === 0;
  const sorted = [...order.filter((id) => !isEnd(id)), ...order.filter(isEnd)];
  return new Map(sorted.map((id, index) => [id, index + 1]));
}

interface Step {
  readonly id: string;
  readonly number: number;
  readonly steps: ReadonlyMap<string, number>;
}

function stepText(of: PageOf, { id, number, steps }: Step): string {
  const { flow, language } = of;
  const node = flow.nodes.get(id);
  if (node === undefined) return '';
  const note = node.note === undefined ? '' : `<p class="note">${safe(node.note)}</p>`;
  const speech = wordsOf(flow, node, language).map((words) => `<p>${safe(words)}</p>`).join('');
  const quote = speech === '' ? '' : `<blockquote lang="${language}">${speech}</blockquote>`;
  return `<li id="step-${id}" class="${node.do}"><h3><span class="number">${number}</span>${safe(nodeTitle(flow, id))}<span class="kind">${safe(kindWords(node))}</span></h3>${note}${quote}${whatHappens(of, node)}${waysText(of, node, steps)}</li>`;
}

function whatHappens({ flow, language, content }: PageOf, node: FlowNode): string {
  const sentence = (text: string): string => `<p>${safe(text)}</p>`;
  switch (node.do) {
    case 'collect':
      return sentence(`The caller keys ${node.min === node.max ? String(node.max) : `${node.min} to ${node.max}`} digits${node.terminator === '#' ? ' and ends with #' : ''}.`);
    case 'connector':
      return sentence(`Asks ${operationWords(node.call)}. If that takes long the caller hears: ${promptWords(flow, (node.filler ?? flow.filler).slice(0, 1), language).map((words) => `“${words}”`).join('')}`);
    case 'language':
      return sentence(node.to === undefined ? `From here on the caller hears the language of ${node.from === undefined ? 'the number they call from' : labelOf(flow, node.from.slice(1))}.` : `From here on the caller hears ${LANGUAGE_WORDS[node.to]}.`);
    case 'identify':
      return sentence(`Asks ${operationWords(node.call)} who calls${node.by === 'number' ? ', by the number they call from' : ''}.`);
    case 'hours':
      return sentence(`Looks whether it is open (opening hours “${node.of}”).`);
    case 'share':
      return sentence(`${node.percent} % of the callers go another way, the same ones each time.`);
    case 'subflow':
      return sentence(`Goes on in the flow “${titleOf(node.flow)}”.`);
    case 'incident':
      return sentence('Tells what is wrong just now, where there is something.');
    case 'queue':
      return sentence(`Waits for a person in the queue “${queueName(content, node.queue)}”${wishWords(flow, node)}.`);
    case 'callback':
      return sentence(`Books a call back from the queue “${queueName(content, node.queue)}”${wishWords(flow, node)}, once the caller has confirmed the number.`);
    case 'transfer':
      return sentence(`The call goes on to ${node.to}.`);
    default:
      return '';
  }
}

const queueName = (content: PageOf['content'], id: string): string => [...content.centre.queues.values()].find((queue) => queue.id === id)?.names.en ?? id;

function waysText(of: PageOf, node: FlowNode, steps: Step['steps']): string {
  const ways = waysInWords(of.flow, node);
  if (ways.length === 0) return node.do === 'hangup' ? '<p>The call ends.</p>' : '';
  const [only] = ways;
  if (ways.length === 1 && only !== undefined && only.when === '') return `<p class="on">Goes on to ${target(of, only.to, steps)}.</p>`;
  return `<table>${ways.map((way) => `<tr${way.kind === 'noAnswer' ? ' class="side"' : ''}><th>${whenText(node, way)}</th><td>${target(of, way.to, steps)}</td></tr>`).join('')}</table>`;
}

function whenText(node: FlowNode, { when, kind }: WayInWords): string {
  if (kind === 'key') {
    const [key = '', answer = ''] = when.split(' ');
    return `<kbd>${safe(key)}</kbd>${answer === '' ? '' : ` ${safe(answer.replace(/[()]/g, ''))}`}`;
  }
  if (kind === 'noAnswer' && 'noInput' in node) {
    const retries = (when === 'no key' ? node.noInput : node.noMatch)?.retries ?? 0;
    return safe(`${when === 'no key' ? 'No key' : node.do === 'collect' ? 'Too short' : 'Another key'}${retries === 0 ? '' : `, after ${retries === 1 ? 'one more try' : `${retries} more tries`}`}`);
  }
  if (node.do === 'branch') return when === 'otherwise' ? 'Otherwise' : safe(`If ${when}`);
  if (node.do === 'connector') return safe({ ok: 'It answers', error: 'It cannot be reached, or the answer is not clear' }[when] ?? `The answer is “${when}”`);
  return when === '' ? safe(node.do === 'collect' ? 'A number is keyed' : 'Then') : safe(when);
}

/** Where a way leads, and what is noted on the way. */
function target({ flow }: PageOf, id: string, steps: Step['steps']): string {
  const { to, noted } = pastNotes(flow, id);
  return `<a href="#step-${safe(to)}"><span class="number">${steps.get(to) ?? ''}</span>${safe(nodeTitle(flow, to))}</a>${noted === '' ? '' : ` <span class="noted">${safe(noted)}</span>`}`;
}

function plainTarget({ flow, content }: PageOf, id: string): string {
  const node = flow.nodes.get(id);
  if (node?.do !== 'queue') return `“${nodeTitle(flow, id)}”`;
  const queue = [...content.centre.queues.values()].find((one) => one.id === node.queue);
  return `a person (queue “${queue?.names.en ?? node.queue}”)`;
}

const safe = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
