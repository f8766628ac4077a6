import { describe, expect, it } from 'vitest';
import type { SwitchEvent } from '../../../../media/softswitch/freeswitch/event.js';
import type { EventListener } from '../../../../media/softswitch/freeswitch/event-bus.js';
import { EventBus } from '../../../../media/softswitch/freeswitch/event-bus.js';

function listener(names: readonly string[], channels?: readonly string[]): EventListener & { readonly heard: SwitchEvent[] } {
  const heard: SwitchEvent[] = [];
  return { heard, wants: (name) => names.includes(name), onlyChannels: channels && new Set(channels), deliver: (event) => heard.push(event) };
}

const event = { name: 'DTMF', headers: {} };

describe('EventBus', () => {
  it('makes an event once, and only if somebody wants it', () => {
    const bus = new EventBus();
    let made = 0;
    const publish = () => bus.publish({ name: 'DTMF', uuid: 'a' }, () => ((made += 1), event));
    publish();
    const [general, channel, other] = [listener(['DTMF']), listener(['DTMF'], ['a']), listener(['DTMF'], ['b'])];
    for (const each of [general, channel, other, listener(['HEARTBEAT'])]) bus.add(each);
    publish();
    expect([made, general.heard.length, channel.heard.length, other.heard.length]).toEqual([1, 1, 1, 0]);
  });

  it('tells nothing to whom it forgot', () => {
    const bus = new EventBus();
    const [general, channel] = [listener(['DTMF']), listener(['DTMF'], ['a'])];
    for (const each of [general, channel]) bus.add(each);
    for (const each of [general, channel]) bus.remove(each);
    bus.publish({ name: 'DTMF', uuid: 'a' }, () => event);
    expect([...general.heard, ...channel.heard]).toEqual([]);
  });
});
