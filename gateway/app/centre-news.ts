import { z } from 'zod';
import type { Json, NodeId } from '../core/ids.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import type { CentreVersions } from './centre-versions.js';
import type { NodeRelay } from './node-relay.js';

/** Whoever changes a skill waits for it: so long, until the agents of all gateways are served by it. */
const WITHIN_MS = 2_000;

const newsSchema = z.object({ ask: z.literal('centre') });
const knownSchema = z.object({ version: z.string() });

export interface CentreNewsOptions {
  readonly queue: Pick<Queue, 'roster'>;
  readonly node: NodeId;
  readonly relay: () => NodeRelay;
  readonly log: Log;
}

/** Word from gateway to gateway that the contact centre has changed, so that agents who are signed in elsewhere have their skills at once. */
export class CentreNews {
  constructor(private readonly options: CentreNewsOptions) {}

  /** Tells every gateway that has agents or callers. @returns those that did not say in time that they have this version */
  async tell(version: string): Promise<readonly NodeId[]> {
    const asked = await Promise.all((await this.others()).map(async (node) => ({ node, answer: knownSchema.safeParse(await this.options.relay().ask(node, { ask: 'centre' }, WITHIN_MS)) })));
    return asked.filter(({ answer }) => answer.data?.version !== version).map(({ node }) => node);
  }

  private async others(): Promise<readonly NodeId[]> {
    const { queue, node, log } = this.options;
    try {
      const { agents, calls } = await queue.roster();
      return [...new Set([...agents, ...calls].map((one) => one.node))].filter((other) => other !== node);
    } catch (error) {
      log.warn({ err: String(error) }, 'the other gateways are not known, they look for news by themselves');
      return [];
    }
  }
}

/** The answer to such a word; undefined = it is about something else. */
export function answerNews(body: Json, centre: Pick<CentreVersions<unknown>, 'heard'>): Promise<Json> | undefined {
  return newsSchema.safeParse(body).success ? centre.heard().then((version) => ({ version })) : undefined;
}
