import { contentKey, contentsOf, sayable, withContent } from '../core/flow/content.js';
import type { Flow } from '../core/flow/flow-schema.js';
import type { Language } from '../core/flow/flow-types.js';
import type { Content } from '../core/flow/prompt-schema.js';
import type { Clock } from '../ports/clock.js';
import type { Connectors } from '../ports/connectors.js';
import type { Log } from '../ports/log.js';
import type { Flows } from './centre.js';

/** How old a text may be when the source has changed it. */
const REFRESH_MS = 60_000;
/** Texts asked for at a time. */
const AT_ONCE = 4;
/** So many of them are named in the log. */
const FIRST = 5;
/** More than these are a mistake, and would be asked for every minute. */
const MOST_TEXTS = 1_000;

export interface KnowledgeTextsOptions {
  readonly flows: Flows;
  readonly connectors: Connectors;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets the texts that are new, so that they can be spoken before a caller needs them. */
  readonly onTexts: (texts: readonly { readonly language: Language; readonly text: string }[]) => void;
}

interface Wanted {
  readonly content: Content;
  readonly language: Language;
  text: string | null;
  isMissing: boolean;
}

/** Texts that one look has lost, or found again, by what they are asked with. */
type Told = Map<string, { readonly why: string | null; readonly texts: string[] }>;

/**
 * The flows with the texts of the knowledge source in them, which are fetched once a minute. A text that cannot be fetched stays as it was
 * last, or as the flow has it, and an operator is told once: one line for all that a look has lost. A call keeps the texts that it began with.
 */
export class KnowledgeTexts implements Flows {
  private readonly wanted = new Map<string, Wanted>();
  private filled = new WeakMap<Flow, Flow>();
  private readonly closing = new AbortController();
  private cancel: () => void = () => undefined;

  constructor(private readonly options: KnowledgeTextsOptions) {}

  /** Fetches what these flows and those that callers meet later take from the source: now, and then every minute. Again when the flows were read anew. */
  async fetchFor(flows: Iterable<Flow>): Promise<void> {
    for (const flow of flows) this.want(flow);
    await this.look();
  }

  close(): void {
    this.cancel();
    this.closing.abort();
  }

  choose(flowId: string, caller: Parameters<Flows['choose']>[1]): ReturnType<Flows['choose']> {
    const chosen = this.options.flows.choose(flowId, caller);
    return chosen === null ? null : { ...chosen, flow: this.inWords(chosen.flow) };
  }

  version(flowId: string, version: string): Flow | null {
    const flow = this.options.flows.version(flowId, version);
    return flow === null ? null : this.inWords(flow);
  }

  refresh(): Promise<void> {
    return this.options.flows.refresh();
  }

  fetch(flowId: string, version: string): Promise<void> {
    return this.options.flows.fetch(flowId, version);
  }

  private inWords(flow: Flow): Flow {
    const known = this.filled.get(flow);
    if (known !== undefined) return known;
    this.want(flow);
    const filled = withContent(flow, (content, language) => this.wanted.get(contentKey(content, language))?.text ?? null);
    this.filled.set(flow, filled);
    return filled;
  }

  private want(flow: Flow): void {
    for (const { content, language } of contentsOf(flow)) {
      const key = contentKey(content, language);
      if (!this.wanted.has(key) && this.wanted.size < MOST_TEXTS) this.wanted.set(key, { content, language, text: null, isMissing: false });
    }
  }

  private async look(): Promise<void> {
    const todo = [...this.wanted.values()];
    const news: { readonly language: Language; readonly text: string }[] = [];
    const [lost, back]: [Told, Told] = [new Map(), new Map()];
    const { log, clock, onTexts } = this.options;
    const work = async (): Promise<void> => {
      for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
        const { isNew, why } = await this.ask(one);
        if (isNew) news.push({ language: one.language, text: one.text ?? '' });
        const isMissing = why !== null;
        if (isMissing !== one.isMissing) note(isMissing ? lost : back, one, why);
        one.isMissing = isMissing;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (this.closing.signal.aborted) return;
    for (const [call, { why, texts }] of lost) log.error({ call, why, texts: texts.length, first: texts.slice(0, FIRST) }, 'texts of the knowledge source not usable, the last ones stay');
    for (const [call, { texts }] of back) log.info({ call, texts: texts.length, first: texts.slice(0, FIRST) }, 'texts of the knowledge source are back');
    if (news.length > 0) {
      this.filled = new WeakMap();
      onTexts(news);
    }
    this.cancel();
    this.cancel = clock.after(REFRESH_MS, () => void this.look());
  }

  /** `why`: the text cannot be used. */
  private async ask(one: Wanted): Promise<{ readonly isNew: boolean; readonly why: string | null }> {
    const { content, language } = one;
    const { connectors } = this.options;
    const { exit, result, why } = await connectors.call({ operation: content.call, arguments: { id: content.id, language }, idempotencyKey: contentKey(content, language) }, this.closing.signal);
    const given = typeof result === 'object' && result !== null && !Array.isArray(result) && 'text' in result ? result.text : null;
    const text = exit === 'ok' && typeof given === 'string' ? sayable(given) : null;
    if (text === null) return { isNew: false, why: why ?? (exit === 'ok' ? 'no text that can be said' : exit) };
    const isNew = one.text !== text;
    one.text = text;
    return { isNew, why: null };
  }
}

function note(told: Told, { content, language }: Wanted, why: string | null): void {
  const all = told.get(content.call) ?? { why, texts: [] };
  told.set(content.call, all);
  all.texts.push(`${content.id} (${language})`);
}
