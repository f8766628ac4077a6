import type { Channel } from './channels.js';
import type { ContactCentre } from './contact-centre.js';
import type { SkillNeed } from './queue-types.js';
import { requirementsOf, type Wish } from './requirements.js';
import { isServedBy, poolText, signatureText } from './skills.js';

type Served = Pick<ContactCentre, 'queues' | 'agents'>;
const NO_WISH: Wish = { needs: [], band: null };

/** The queues that callers may be sent to: an agent who takes calls serves them. */
export const queuesForCalls = (centre: Served): ReadonlySet<string> => queuesServedIn(centre, 'voice');

export function queuesServedIn(centre: Served, channel: Channel): ReadonlySet<string> {
  return new Set([...centre.queues.values()].filter((queue) => isServed(centre, channel, needsInTheEnd(queue, NO_WISH))).map(({ id }) => id));
}

/** What has to be there however long the wait: relaxations only take away. */
export function needsInTheEnd(queue: Parameters<typeof requirementsOf>[0], wish: Wish): readonly SkillNeed[] {
  const { first, later } = requirementsOf(queue, wish);
  return (later.at(-1) ?? first).needs;
}

/** Whether any agent with the channel has all of it. */
export function isServed(centre: Served, channel: Channel, needs: readonly SkillNeed[]): boolean {
  const signature = signatureText(channel, '', { needs, preferred: [] });
  return poolsIn(centre, channel).some((pool) => isServedBy(signature, pool));
}

/** Agents are compared by what they can, which in a large house is the same for many. */
function poolsIn({ agents }: Served, channel: Channel): readonly string[] {
  const known = pools.get(agents) ?? new Map<Channel, readonly string[]>();
  pools.set(agents, known);
  const there = known.get(channel) ?? [...new Set([...agents.values()].filter(({ channels }) => channels.includes(channel)).map(({ skills }) => poolText(channel, skills)))];
  known.set(channel, there);
  return there;
}

/** Worked out once for the agents of a file: each item that comes is compared with them. */
const pools = new WeakMap<Served['agents'], Map<Channel, readonly string[]>>();
