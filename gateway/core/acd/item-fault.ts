import { oneOf } from '../meant.js';
import type { ContactCentre } from './contact-centre.js';
import type { Item } from './item.js';
import { isServed, needsInTheEnd } from './served.js';
import { needsText } from './skills.js';

/** Why nobody would ever be offered this item, with what can be done about it; null when somebody would. */
export function itemFault(centre: Pick<ContactCentre, 'queues' | 'agents' | 'skills'>, item: Pick<Item, 'queue' | 'channel' | 'needs'>): string | null {
  const { channel, needs } = item;
  const queue = centre.queues.get(item.queue);
  if (queue === undefined) return `there is no queue "${item.queue}" in the contact centre's file: ${oneOf(item.queue, centre.queues.keys())}`;
  const unknown = needs.find(({ skill }) => !centre.skills.has(skill));
  if (unknown !== undefined) return `there is no skill "${unknown.skill}" in the contact centre's file: ${oneOf(unknown.skill, centre.skills.keys())}`;
  if (!isServed(centre, channel, [])) return `no agent has the channel ${channel}: add it to an agent's channels in the contact centre's file`;
  const needed = needsInTheEnd(queue, { needs, band: null });
  if (isServed(centre, channel, needed)) return null;
  const nobodys = needed.filter((need) => !isServed(centre, channel, [need]));
  const lacking = nobodys.length > 0 ? needsText(nobodys) : `all of ${needsText(needed)}`;
  return `no agent with the channel ${channel} has ${lacking}, so the item would wait in vain: ask for less, or give an agent the skills in the contact centre's file`;
}
