import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../gateway/core/acd/item.js';
import { itemFault } from '../../../gateway/core/acd/item-fault.js';
import { loadContactCentre } from '../../../gateway/core/acd/load-contact-centre.js';
import { brand } from '../../../gateway/core/ids.js';

const SHIPPED = readFileSync(new URL('../../../ivr-flows/contact-centre.yaml', import.meta.url), 'utf8');

/** What stands against a chat for billing with these needs; in the shipped contact centre Anna takes chats, and Bo calls alone. */
function fault(needs: Readonly<Record<string, number>>, other: Partial<Item> = {}, edit: readonly [from: string, to: string] = ['', '']): string | null {
  const loaded = loadContactCentre(SHIPPED.replace(...edit), 'contact-centre.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return itemFault(loaded.value, { channel: 'chat', queue: brand('billing'), needs: Object.entries(needs).map(([skill, minLevel]) => ({ skill, minLevel })), ...other });
}

describe('an item is taken where some agent could serve it', () => {
  it('at once', () => {
    expect(fault({ swedish: 9 })).toBeNull();
    expect(fault({})).toBeNull();
  });

  it('or once its queue has relaxed what is needed', () => {
    expect(fault({ billing: 9 })).toBeNull();
    expect(fault({ technical: 4 }, {}, ['lower: { billing: 1 }', 'drop: [technical]'])).toBeNull();
  });
});

describe('an item that nobody would ever be offered is refused with what to do', () => {
  it('for its queue, its channel or a skill that is none, and names what was meant', () => {
    expect(fault({}, { queue: brand('biling') })).toBe('there is no queue "biling" in the contact centre\'s file: did you mean "billing"?');
    expect(fault({}, { channel: 'case' })).toBe("no agent has the channel case: add it to an agent's channels in the contact centre's file");
    expect(fault({ norweigan: 2 })).toBe('there is no skill "norweigan" in the contact centre\'s file: did you mean "norwegian"?');
    expect(fault({ constructor: 2 })).toContain('there is no skill "constructor" in the contact centre\'s file: use one of billing,');
  });

  it('for a level that only agents of other channels have', () => {
    expect(fault({ technical: 9, swedish: 2 })).toBe("no agent with the channel chat has technical 9, so the item would wait in vain: ask for less, or give an agent the skills in the contact centre's file");
  });

  it('for skills of which nobody has all', () => {
    expect(fault({ technical: 9, norwegian: 4 }, {}, ['\nagents:\n', '\nagents:\n  cia: { name: Cia, skills: { billing: 3, technical: 9 }, channels: [chat] }\n'])).toContain('has all of billing 1, technical 9, norwegian 4, so');
  });
});
