import type { Flow } from '../flow/flow-schema.js';
import type { Box, Picture, Tone } from './flow-picture.js';

const SHAPES: Readonly<Record<Tone, readonly [string, string]>> = { says: ['("', '")'], asks: ['[/"', '"/]'], acts: ['["', '"]'], decides: ['{{"', '"}}'], ends: ['(["', '"])'], chip: ['(["', '"])'] };
const MAX_TEXT = 70;

/** The picture as Mermaid text, for documents that render it. */
export function mermaidOf(flow: Flow, { boxes, arrows }: Picture): string {
  const names = new Map(boxes.map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const lines = boxes.map((box) => `  ${nameOf(box.id)}${SHAPES[box.tone][0]}${labelOf(box)}${SHAPES[box.tone][1]}`);
  const links = arrows.map(({ from, to, label, isSide }) => `  ${nameOf(from)} ${isSide ? '-.->' : '-->'}${label === '' ? '' : `|"${safe(label)}"|`} ${nameOf(to)}`);
  return ['---', `title: ${JSON.stringify(flow.id)}`, '---', `%% ${oneLine(flow.purpose)}`, `%% Owner: ${oneLine(flow.owner)}. Review by ${flow.reviewBy}.`, 'flowchart TD', `  begin(("call")) --> ${nameOf(flow.start)}`, ...lines, ...links, ''].join('\n');
}

function labelOf({ title, text }: Box): string {
  const shortened = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1).trimEnd()}…` : text;
  return shortened === '' ? safe(title) : `<b>${safe(title)}</b><br/>${safe(shortened)}`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
/** Quotes and markup would end a label. */
const safe = (text: string): string => text.replace(/[&<>"#]/g, (character) => `#${character.codePointAt(0) ?? 32};`);
