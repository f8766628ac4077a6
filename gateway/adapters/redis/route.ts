import { inChannel } from '../../core/acd/channels.js';
import { signatureText } from '../../core/acd/skills.js';
import type { LaterRequirement } from '../../core/acd/queue-types.js';
import type { Arrival } from '../../ports/queue.js';
import { BadText, checked } from './arguments.js';
import type { Dictionary } from './dictionary.js';

const MOST_CHANGES = 16;
const LOWEST_BAND = 511;

/**
 * What a call needs now and later, as `route.lua` reads it: `afterMs:signature:band;` for each change. With a personal line first, all
 * else begins when that is over, unless its time has come later anyway.
 */
export async function routeText(dictionary: Dictionary, arrival: Arrival): Promise<string> {
  const { queue, channel = 'voice', personal, later = [], strategy } = arrival;
  if (later.length > MOST_CHANGES) throw new BadText(`more than ${MOST_CHANGES} changes of what a call needs`);
  const changes: readonly LaterRequirement[] = [{ ...arrival, afterMs: 0 }, ...later];
  const ids = await Promise.all(changes.map((change) => dictionary.id('signature', signatureText(channel, queue, change, strategy), inChannel(queue, channel))));
  const startsMs = personal === undefined ? 0 : whole(personal.forMs);
  const general = changes.map(({ afterMs, band }, at) => `${Math.max(startsMs, whole(afterMs))}:${ids[at]}:${bandOf(band)};`);
  return [...(personal === undefined ? [] : [`0:@${checkedAgent(inChannel(personal.agentId, channel))}:${bandOf(arrival.band)};`]), ...general].join('');
}

const whole = (ms: number): number => Math.max(0, Math.trunc(ms));
const bandOf = (band: number): number => Math.min(LOWEST_BAND, whole(band));

/** An agent's id separates nothing in a route. */
function checkedAgent(id: string): string {
  if (/[:;]/.test(checked(id))) throw new BadText('an agent id holds a colon or semicolon');
  return id;
}
