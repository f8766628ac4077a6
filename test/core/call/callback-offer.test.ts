import { describe, expect, it } from 'vitest';
import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import type { CallRules } from '../../../gateway/core/call/call-rules.js';
import { brand, type QueueId } from '../../../gateway/core/ids.js';
import { QUEUE, at, facts, rulesFor } from './call-story.js';

const rulesWith = (changes: Partial<CallRules> = {}) => rulesFor({ callback: () => ({ ...CALLBACK_DEFAULTS, offerAfterMs: 30_000 }), ...changes });

describe('an offer of a callback to a waiting caller', () => {
  const offered = (rules = rulesWith()) => at.waiting(rules).tell({ type: 'timer.fired', timer: 'queue:callback' });

  it('is said once the queue says so, and its key books with the place in line', () => {
    expect(at.waiting(rulesWith()).last).toContainEqual({ type: 'timer.set', timer: 'queue:callback', inMs: 30_000 });
    const story = offered();
    expect(story.order('media.say').utterances[0]?.promptId).toBe('queue.callbackOffer');
    const { activity } = story.state;
    story.tell(facts.key('1'));
    expect(story.order('callback.book').wish).toMatchObject({ via: 'line', number: '+46701234567', place: 'place' in activity ? activity.place : null });
    expect(story.tell(facts.key('1')).last).toEqual([]);
  });

  it('leaves the line once the callback stands in it, with words, and ends told', () => {
    const story = offered().tell(facts.key('1'), { type: 'callback.booked' });
    expect(story.order('queue.abandon').offeredTo).toBeNull();
    expect(story.order('media.say').utterances[0]?.promptId).toBe('queue.callbackBooked');
    story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'completed', reason: 'callback-booked' } });
  });

  it('is withdrawn again when an agent was quicker: nobody is called back whom somebody talks with', () => {
    const joined = () => offered().tell({ ...facts.offered, expiresAt: 1_800_000_000_000 }, facts.shown, facts.accept, facts.key('1'), facts.lifted, facts.accepted);
    const talking = joined().tell({ type: 'callback.booked' });
    expect([talking.phase, talking.types]).toEqual(['conversation', ['callback.withdraw']]);
    const ended = joined().tell(facts.callerLeaves, { type: 'callback.booked' });
    expect([ended.phase, ended.types]).toEqual(['wrapUp', ['callback.withdraw']]);
  });

  it('means nothing before it was said, nor by another key', () => {
    expect(at.waiting(rulesWith()).tell(facts.key('1')).last).toEqual([]);
    expect(offered().tell(facts.key('2')).last).toEqual([]);
  });

  it('is taken by the key that was said, also when the rules name another one by now', () => {
    const story = offered();
    story.rules = rulesFor({ callback: () => ({ ...CALLBACK_DEFAULTS, key: '5' }) });
    expect(story.tell({ type: 'centre.changed' }, facts.key('5')).last).toEqual([]);
    expect(story.tell(facts.key('1')).order('callback.book').wish.via).toBe('line');
  });

  it('is not said to a caller whose number is not dialled', () => {
    const story = at.waiting(rulesWith());
    story.state = { ...story.state, ani: '+12025550123' };
    expect(story.tell({ type: 'timer.fired', timer: 'queue:callback' }).last).toEqual([]);
  });

  it('waits while an agent is being rung', () => {
    const story = at.showing(rulesWith()).tell({ type: 'timer.fired', timer: 'queue:callback' });
    expect(story.types).toEqual(['timer.set']);
  });

  it('is ordered again when the process died after the key', () => {
    const story = offered().tell(facts.key('1'), facts.recovered);
    expect(story.order('callback.book').wish.via).toBe('line');
  });

  it('stands in for the wait where the rules say so; where nobody would come, the last resort follows', () => {
    const story = at.waiting(rulesWith()).tell({ type: 'queue.overflowed', from: QUEUE, rule: 'closed', to: 'callback' });
    expect(story.types).toEqual(['queue.arrive', 'timer.set', 'media.hush', 'media.say']);
    expect(story.tell({ type: 'timer.fired', timer: 'queue:callbackAnswer' }).phase).toBe('closing');
    const long = at.waiting(rulesWith()).tell({ type: 'queue.overflowed', from: QUEUE, rule: 'length', to: 'callback' });
    expect(long.types).toEqual(['queue.arrive', 'media.hush', 'media.say']);
    expect(long.tell(facts.key('1')).order('callback.book').wish.via).toBe('overflow');
  });

  it('is made once more, and answered or over soon, when it closes on a caller who did not want it in the line', () => {
    const story = offered().tell({ type: 'queue.overflowed', from: QUEUE, rule: 'closed', to: 'callback' });
    expect(story.types).toEqual(['queue.arrive', 'timer.set', 'media.hush', 'media.say']);
    expect(story.tell({ type: 'queue.overflowed', from: QUEUE, rule: 'closed', to: 'callback' }).last).toEqual([]);
    expect(story.tell({ type: 'timer.fired', timer: 'queue:callbackAnswer' }).phase).toBe('closing');
  });

  it('has a caller wait no longer for nobody where their gateway died meanwhile', () => {
    const story = at.waiting(rulesWith()).tell({ type: 'queue.overflowed', from: QUEUE, rule: 'nobody', to: 'callback' });
    story.now += 11_000;
    story.tell(facts.recovered);
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:callbackAnswer', inMs: 8_000 });
    expect(story.tell({ type: 'timer.fired', timer: 'queue:callbackAnswer' }).phase).toBe('closing');
    const other = brand<QueueId>('other');
    const moved = at.waiting(rulesWith()).tell({ type: 'queue.overflowed', from: QUEUE, rule: 'nobody', to: 'callback' }, { type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: { queue: other } }, facts.recovered);
    expect(moved.last.filter((order) => order.type === 'timer.set' && order.timer === 'queue:callbackAnswer')).toEqual([]);
  });

  it('lets an agent who is just being rung come before that last resort, which follows when the agent does not', () => {
    const story = at.waiting(rulesWith()).tell({ type: 'queue.overflowed', from: QUEUE, rule: 'closed', to: 'callback' }, { ...facts.offered, expiresAt: 1_800_000_000_000 });
    story.tell({ type: 'timer.fired', timer: 'queue:callbackAnswer' });
    expect([story.phase, story.order('timer.set').timer]).toEqual(['waiting', 'queue:callbackAnswer']);
    expect(story.tell(facts.decline, { type: 'timer.fired', timer: 'queue:callbackAnswer' }).phase).toBe('closing');
  });
});
