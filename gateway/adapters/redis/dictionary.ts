import { createHash } from 'node:crypto';
import { edge } from '../../core/acd/skills.js';
import type { ScriptRunner } from './runner.js';
import type { QueueScript } from './scripts.js';

type Kind = 'signature' | 'pool';

/**
 * Signatures and pools known to Redis, with the edges between them (who may serve whom). Ids come from the canonical text, so every
 * node gives the same id to the same needs, also after the store lost its data.
 */
export class Dictionary {
  private readonly known = new Map<string, Promise<string>>();

  constructor(private readonly runner: ScriptRunner<QueueScript>) {}

  /** The id of a canonical text, written to Redis when this node has not seen it yet. */
  id(kind: Kind, text: string, queue = ''): Promise<string> {
    const key = `${kind} ${text}`;
    const known = this.known.get(key);
    if (known) return known;
    const defined = this.define(kind, text, queue);
    this.known.set(key, defined);
    defined.catch(() => this.known.delete(key));
    return defined;
  }

  /** Redis does not know an id that this node wrote before: it lost its data. */
  clear(): void {
    this.known.clear();
  }

  private async define(kind: Kind, text: string, queue: string): Promise<string> {
    const id = createHash('sha256').update(text).digest('base64url').slice(0, 12);
    let others: readonly (readonly [string, string])[] | null = null;
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const edges = (others ?? []).flatMap(([otherId, other]) => {
        const found = kind === 'signature' ? edge(text, other) : edge(other, text);
        return found === null ? [] : [otherId, String(found.ofPool), String(found.ofSignature)];
      });
      const reply = await this.runner.run('define', [kind, id, text, queue, String(others?.length ?? -1), ...edges]);
      if (!Array.isArray(reply)) return id;
      others = inPairs(reply.map(String));
    }
    throw new Error(`${kind} ${text}: could not be defined, the other side keeps changing`);
  }
}

function inPairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return flat.flatMap((id, at) => (at % 2 === 0 ? [[id, flat[at + 1] ?? ''] as const] : []));
}
