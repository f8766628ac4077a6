import { describe, expect, it } from 'vitest';
import { Subscription } from '../../../../media/softswitch/freeswitch/subscription.js';

const words = (text: string) => text.split(' ');

describe('Subscription', () => {
  it('takes everything behind CUSTOM as a subclass, as the client finds out the hard way', () => {
    const subscription = new Subscription();
    expect(subscription.add(words('json DTMF CUSTOM conference::maintenance BACKGROUND_JOB'))).toBe(true);
    expect([subscription.wants('DTMF', undefined), subscription.wants('CUSTOM', 'conference::maintenance'), subscription.wants('BACKGROUND_JOB', undefined)]).toEqual([true, true, false]);
    expect(subscription.format).toBe('json');
  });

  it('knows the long names of playback events', () => {
    const subscription = new Subscription();
    subscription.add(words('SWITCH_EVENT_PLAYBACK_START'));
    expect(subscription.wants('PLAYBACK_START', undefined)).toBe(true);
  });

  it('adds to what was asked before and takes back what is nixed', () => {
    const subscription = new Subscription();
    subscription.add(words('json DTMF'));
    subscription.add(words('plain HEARTBEAT'));
    subscription.remove(['DTMF']);
    expect([subscription.wants('DTMF', undefined), subscription.wants('HEARTBEAT', undefined), subscription.format]).toEqual([false, true, 'plain']);
  });

  it('passes what any filter fits', () => {
    const subscription = new Subscription();
    const event = (uuid: string) => ({ name: 'DTMF', headers: { 'Unique-ID': uuid } });
    expect(subscription.passes(event('a'))).toBe(true);
    subscription.addFilter('unique-id', 'a');
    subscription.addFilter('Unique-ID', 'b');
    expect([subscription.passes(event('a')), subscription.passes(event('b')), subscription.passes(event('c'))]).toEqual([true, true, false]);
    expect(subscription.onlyChannels).toEqual(new Set(['a', 'b']));
    subscription.removeFilter('Unique-ID', 'a');
    expect(subscription.passes(event('a'))).toBe(false);
    subscription.addFilter('Event-Name', 'X');
    expect(subscription.onlyChannels).toBeUndefined();
    subscription.removeFilter('all', undefined);
    expect(subscription.passes(event('c'))).toBe(true);
  });
});
