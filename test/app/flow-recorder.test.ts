import { describe, expect, it } from 'vitest';
import { FlowRecorder, type Folded } from '../../gateway/app/flow-recorder.js';
import type { CallEvent } from '../../gateway/core/call/call-events.js';
import { reduceCall } from '../../gateway/core/call/reduce-call.js';
import { failed, ok } from '../../gateway/core/errors.js';
import { at, CallStory, facts, type Fact } from '../core/call/call-story.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryRecordings } from '../support/memory-recordings.js';
import { KeptLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;

function rig(keptDays = 30) {
  const recordings = new MemoryRecordings();
  const clock = new FakeClock();
  const log = new KeptLog();
  return { recordings, clock, log, recorder: new FlowRecorder({ recordings, keptDays, clock, log }) };
}

/** Tells a story to a recorder, fact by fact. */
function tell(recorder: FlowRecorder, story: CallStory, ...told: readonly Fact[]): void {
  for (const fact of told) {
    const before = story.state;
    story.now += 1_000;
    const event = { at: story.now, ...fact } as CallEvent;
    story.state = reduceCall(story.rules, before, event).state;
    recorder.heard({ event, before, after: story.state, rules: story.rules } satisfies Folded);
  }
}

describe('the recorder of calls', () => {
  it('keeps a call once its flow part has ended, with the keys pressed before the flow began', async () => {
    const { recorder, recordings, clock } = rig();
    const story = new CallStory();
    tell(recorder, story, facts.key('1'), facts.answered);
    clock.advance(0);
    expect(recordings.kept.size).toBe(0);
    tell(recorder, story, { type: 'say.ended', sayId: 'flow.small.2', isWhole: true });
    clock.advance(0);
    await Promise.resolve();
    const [recording] = recordings.kept.values();
    expect(recording).toMatchObject({ callId: 'call-1', flow: story.state.flowId, version: story.state.flowVersion, ani: '+46701234567', end: { kind: 'hangup', outcome: 'told' } });
    expect(recording?.events).toMatchObject([{ did: 'keyed', node: 'start', keys: '1' }, { did: 'said', node: 'start', cut: true }, { did: 'said', node: 'told' }]);
  });

  it.each([
    ['a queue', [facts.key('0')], { kind: 'queue', queue: 'people' }],
    ['a transfer', [facts.key('3')], { kind: 'transfer', target: 'sip:other@127.0.0.1' }],
    ['the caller hanging up', [facts.callerLeaves], { kind: 'callerLeft', as: 'unsolved' }],
    ['a lost connection', [facts.callerLost], { kind: 'lost' }],
  ] as const)('knows %s as the end of the flow part', (_what, last, end) => {
    const { recorder, recordings, clock } = rig();
    tell(recorder, new CallStory(), facts.answered, ...last, facts.offered);
    clock.advance(0);
    expect([...recordings.kept.values()]).toMatchObject([{ end }]);
  });

  it('marks a call that another gateway heard the beginning of', () => {
    const { recorder, recordings, clock } = rig();
    tell(recorder, at.flow(), facts.recovered, facts.key('0'));
    clock.advance(0);
    expect([...recordings.kept.values()]).toMatchObject([{ unusable: 'takenOver', events: [], end: { kind: 'lost' } }]);
  });

  it('tries again while the store is away', async () => {
    const { recorder, recordings, clock } = rig();
    let isAway = true;
    const append = recordings.append.bind(recordings);
    recordings.append = (recording) => (isAway ? Promise.resolve(failed('VG_STORE', 'away')) : append(recording));
    tell(recorder, new CallStory(), facts.answered, facts.key('0'));
    clock.advance(0);
    await Promise.resolve();
    isAway = false;
    clock.advance(2_000);
    expect(recordings.kept.size).toBe(1);
  });

  it('does not keep a call from going on when it fails itself', () => {
    const { recorder, clock, log } = rig();
    const story = at.flow();
    expect(() => recorder.heard({ event: { type: 'call.recovered', at: 1 }, before: story.state, after: story.state, rules: null as unknown as Folded['rules'] })).not.toThrow();
    clock.advance(0);
    expect(log.of('call not recorded')).toHaveLength(1);
  });

  it('keeps nothing with 0 days', () => {
    const { recorder, recordings, clock } = rig(0);
    tell(recorder, new CallStory(), facts.answered, facts.key('0'));
    clock.advance(0);
    expect(recordings.kept.size).toBe(0);
  });

  it('removes what is older than the days that it is kept', async () => {
    const { recorder, recordings, clock } = rig(2);
    const removed: number[] = [];
    recordings.removeBefore = (before) => {
      removed.push(clock.now() - before);
      return Promise.resolve(ok(removed.length === 1 ? 7 : 0));
    };
    recorder.start();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(removed).toEqual([2 * DAY_MS, 2 * DAY_MS]);
    clock.advance(3_600_000);
    expect(removed).toHaveLength(3);
    recorder.close();
  });
});

