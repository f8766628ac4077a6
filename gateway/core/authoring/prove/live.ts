import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { Use } from '../../flow/kinds/kind.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import { waysOf } from '../../flow/lint-graph.js';
import type { FlowNode } from '../../flow/node-schema.js';
import type { Prompt } from '../../flow/prompt-schema.js';
import { argumentPath, parseTemplate } from '../../flow/template.js';
import type { Language } from '../../flow/flow-types.js';
import { incidentKinds, looksFor, type IncidentKind } from './incident-kinds.js';
import { isSaidAlike } from './said-alike.js';

/** What outlives a change of flow begins with `@`: the caller's number and language, the opening hours, whether the caller left a message, asked for a callback, was told of incidents. */
export const OF_CALL = { ani: '@ani', prefix: '@prefix', dnis: '@dnis', language: '@language', hours: '@hours', messages: '@messages', booked: '@booked', told: '@told', incident: (kind: string): string => `@incident:${kind}`, hoursOf: (name: string): string => `@hours:${name}`, share: (flow: string, node: string): string => `@share:${flow}.${node}`, visits: (flow: string, node: string): string => `@visits:${flow}.${node}` } as const;

const NOTHING: readonly string[] = [];
const NONE: ReadonlySet<string> = new Set();

/**
 * Which values can still be read from a node on before they are written again. Two states that differ in nothing else go the same
 * ways, so the search looks at one of them.
 */
export class Live {
  private readonly sets = new Map<string, Set<string>>();
  private readonly reads = new Map<string, ReadonlySet<string>>();
  private readonly afterParts = new Map<string, ReadonlySet<string>>();
  private readonly readsOfCall = new Map<string, readonly string[]>();
  private readonly lookers = new Set<string>();
  private readonly speakers = new Set<string>();
  private readonly slots = new Slots();
  private readonly kinds: readonly IncidentKind[];
  private readonly languages: readonly Language[];

  constructor(
    private readonly root: Flow,
    private readonly flows: ReadonlyMap<string, Flow>,
    /** Everything that can be told apart is: for tests, which hold the proof against this. */
    readonly isPlain: boolean,
  ) {
    this.kinds = incidentKinds([...flows.values()]);
    this.languages = [...new Set([...flows.values()].flatMap(({ languages }) => languages))];
    for (const flow of flows.values()) {
      for (const [id, node] of flow.nodes) {
        const name = `${flow.id}.${id}`;
        const reads = new Set(this.readBy(flow, id, node));
        const ofCall = [...reads].filter((path) => path.startsWith('@'));
        this.sets.set(name, new Set());
        this.reads.set(name, reads);
        if (ofCall.length > 0) this.readsOfCall.set(name, ofCall);
        if (node.do === 'language') this.speakers.add(name);
        if (ofCall.some((path) => path.startsWith(OF_CALL.hoursOf('')))) this.lookers.add(name);
      }
    }
    for (let hasGrown = true; hasGrown; ) hasGrown = this.grow();
  }

  /** What is read of the call at these nodes themselves, each as `flow.node`. */
  ofCallBy(through: readonly string[]): readonly string[] {
    let read = NOTHING;
    for (const name of through) {
      const here = this.readsOfCall.get(name);
      if (here !== undefined) read = read.length === 0 ? here : [...read, ...here];
    }
    return read;
  }

  /** Whether one of these nodes, each as `flow.node`, looks at opening hours. */
  looksAtHours(through: readonly string[]): boolean {
    return this.lookers.size > 0 && through.some((name) => this.lookers.has(name));
  }

  /** Whether one of these nodes, each as `flow.node`, changes the language. */
  setsLanguage(through: readonly string[]): boolean {
    return this.speakers.size > 0 && through.some((name) => this.speakers.has(name));
  }

  /** What is read of the call, where it stands and in the flows above once their parts came back. */
  ofCall({ inFlow, frames }: Pick<FlowState, 'inFlow' | 'frames'>, node: string): ReadonlySet<string> {
    const all = [this.at(inFlow ?? this.root.id, node), ...frames.map((frame) => this.afterPart(frame.flow, frame.node))];
    return new Set(all.flatMap((set) => [...set].filter((path) => path.startsWith('@'))));
  }

  /** Paths of values that are read at this node itself, given as `flow.node`. */
  readAt(name: string): ReadonlySet<string> {
    return this.reads.get(name) ?? NONE;
  }

  /** Paths of values that are read at this node or later within its flow and its parts; those of the call begin with `@`. */
  at(flow: string, node: string): ReadonlySet<string> {
    return this.sets.get(`${flow}.${node}`) ?? NONE;
  }

  /** Paths of own values that are read once the part that runs at this node came back. What it brings along is written then. */
  afterPart(flow: string, node: string): ReadonlySet<string> {
    const name = `${flow}.${node}`;
    const known = this.afterParts.get(name) ?? this.readAfterPart(flow, node);
    this.afterParts.set(name, known);
    return known;
  }

  private readAfterPart(flow: string, node: string): ReadonlySet<string> {
    const at = this.flows.get(flow)?.nodes.get(node);
    if (at?.do !== 'subflow') return NONE;
    return new Set(Object.values(at.exits).flatMap((to) => [...this.at(flow, to)].filter((one) => !Object.hasOwn(at.into, headOf(one)))));
  }

  private grow(): boolean {
    let hasGrown = false;
    for (const flow of this.flows.values()) {
      // Values flow backwards, and files are mostly written forwards.
      for (const [id, node] of [...flow.nodes].reverse()) {
        const set = this.sets.get(`${flow.id}.${id}`) ?? new Set<string>();
        const before = set.size;
        for (const path of this.reads.get(`${flow.id}.${id}`) ?? []) set.add(path);
        this.addLater(flow, node, set);
        if (node.do === 'subflow') this.addOfPart(flow, node.flow, set);
        if (node.do === 'return') this.addAfterReturn(flow, node.exit, set);
        if (set.size > before) hasGrown = true;
      }
    }
    return hasGrown;
  }

  private addLater(flow: Flow, node: FlowNode, set: Set<string>): void {
    for (const { to, path } of waysOf(node)) {
      const written = writtenOnWay(node, path[0]);
      for (const one of this.at(flow.id, to)) if (!written.has(headOf(one))) set.add(one);
    }
    const kind = kindOf(node);
    if (kind.role === 'asks' || kind.role === 'records' || (kind.role === 'speaks' && !kind.isEnd)) for (const to of flow.anywhere.values()) for (const one of this.at(flow.id, to)) set.add(one);
    for (const one of this.at(flow.id, flow.error)) set.add(one);
  }

  private addOfPart(flow: Flow, part: string, set: Set<string>): void {
    const other = this.flows.get(part);
    if (other !== undefined) for (const one of this.at(other.id, other.first)) if (one.startsWith('@')) set.add(one);
  }

  /** What the flows above take over by this exit and read later. What they read of the call is theirs, see `ofCall`. */
  private addAfterReturn(part: Flow, exit: string, set: Set<string>): void {
    for (const flow of this.flows.values()) {
      for (const node of flow.nodes.values()) {
        const to = node.do === 'subflow' && node.flow === part.id ? node.exits[exit] : undefined;
        if (node.do !== 'subflow' || to === undefined) continue;
        for (const one of this.at(flow.id, to)) {
          const theirs = Object.hasOwn(node.into, headOf(one)) ? node.into[headOf(one)] : undefined;
          if (theirs !== undefined) set.add(theirs + one.slice(headOf(one).length));
        }
      }
    }
  }

  private readBy(flow: Flow, id: string, node: FlowNode): readonly string[] {
    const kind = kindOf(node);
    const uses: readonly Use[] = [...kind.uses(node), ...((kind.role === 'acts' || kind.role === 'asks') && kind.back !== undefined ? flow.filler.map((prompt): Use => ({ what: 'prompt', id: prompt, path: [] })) : [])];
    const paths = uses.flatMap((use) => this.slots.pathsIn(use, flow)).flatMap((path) => pathKept(path, flow.id));
    if (node.do === 'hours') paths.push(OF_CALL.hoursOf(node.of));
    if (node.do === 'incident') paths.push(OF_CALL.told, ...this.kinds.filter((kind) => looksFor(node, kind)).map(({ id: kind }) => OF_CALL.incident(kind)));
    if (node.do === 'share') paths.push(OF_CALL.share(flow.id, id));
    // Whose number is withheld is asked for one.
    if (node.do === 'callback') paths.push(OF_CALL.ani);
    if (node.do === 'language' && node.byNumber !== undefined) paths.push(OF_CALL.prefix);
    // Where nothing is compared with the language, and no words are lacking in one only, callers go the same ways in each.
    if (this.isPlain || !isSaidAlike(flow, node, this.languages) || (node.do === 'language' && node.to === undefined)) paths.push(OF_CALL.language);
    const ends = (node.do === 'hangup' && node.outcome === undefined) || (node.do === 'return' && flow.id === this.root.id);
    // Whether the caller was served no rule asks at the end: to be told something is as good an end.
    if (ends) paths.push(OF_CALL.messages, OF_CALL.booked);
    return paths;
  }
}

/** The paths in the slots of prompts, each prompt taken apart once. */
class Slots {
  private readonly known = new Map<Prompt, readonly string[]>();

  pathsIn(use: Use, flow: Flow): readonly string[] {
    if (use.what === 'template') return slotsOf(use.text);
    if (use.what === 'value') return typeof use.written === 'string' && use.written.startsWith('$') && !use.written.startsWith('$$') ? [use.written.slice(1)] : [];
    const prompt = use.what === 'prompt' ? flow.prompts.get(use.id) : undefined;
    if (prompt === undefined) return [];
    const paths = this.known.get(prompt) ?? [prompt.sv, prompt.nb, prompt.en].flatMap((text) => (text === undefined ? [] : slotsOf(text)));
    this.known.set(prompt, paths);
    return paths;
  }
}

function slotsOf(text: string): readonly string[] {
  return parseTemplate(text).parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    const argument = argumentPath(part);
    return argument === null ? [part.path] : [part.path, argument];
  });
}

/** A path under the name by which it is kept; the call's id decides nothing. */
function pathKept(path: string, flow: string): readonly string[] {
  const [head = '', ...rest] = path.split('.');
  if (path === 'call.id') return [];
  if (head === 'language') return [OF_CALL.language];
  if (path === 'call.ani') return [OF_CALL.ani];
  if (path === 'call.dnis') return [OF_CALL.dnis];
  if (head === 'visits') return [OF_CALL.visits(flow, rest.join('.'))];
  if (head === 'incidents') return [OF_CALL.told];
  return head === 'hours' ? [OF_CALL.hours] : [path];
}

const headOf = (path: string): string => path.split('.')[0] ?? path;

/** The variables that certainly have a new value, or none, once this way was taken. */
function writtenOnWay(node: FlowNode, way: string | number | undefined): ReadonlySet<string> {
  switch (node.do) {
    case 'collect':
      return new Set(way === 'next' ? [node.into] : []);
    case 'callback':
      return new Set(way === 'confirmed' ? [node.into] : []);
    case 'record':
      return new Set(way === 'next' && node.into !== undefined ? [node.into] : []);
    case 'set':
      return new Set(Object.keys(node.values));
    case 'hours':
      return new Set([OF_CALL.hours]);
    case 'language':
      return new Set(node.to === undefined ? [] : [OF_CALL.language]);
    case 'subflow':
      return new Set(Object.keys(node.into));
    case 'connector':
    case 'identify':
      // What an earlier answer left is forgotten with the order; before the order nothing is.
      return new Set(node.into === undefined || way !== 'exits' || node.do === 'identify' ? [] : [node.into]);
    default:
      return new Set();
  }
}
