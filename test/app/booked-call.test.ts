import { expect, it } from 'vitest';
import { callbackIdOf } from '../../gateway/core/call/callback.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { at, AT, QUEUE } from '../core/call/call-story.js';
import { deferred, settle } from '../support/call-fakes.js';
import { RunnerRig } from '../support/runner-rig.js';

it('keeps a call that asked for a callback until that is in the store: whoever takes the call over asks for it again', async () => {
  const rig = new RunnerRig();
  rig.telephony.adopt = () => Promise.resolve('left');
  const booked: CallState['booked'] = { number: '+46701234567', place: { queue: QUEUE, needs: [], band: null, queuedAt: AT }, via: 'line', askedAt: AT };
  const state = { ...at.waiting().state, booked };
  const [saved, asked] = [deferred<void>(), deferred<void>()];
  rig.save = ({ callId }) => (callId === callbackIdOf(state.callId) ? (asked.resolve(), saved.promise) : Promise.resolve());
  await rig.takeOver(state);
  await asked.promise;
  await settle();
  expect(rig.left).toEqual([state.callId]);
  expect(rig.removed).toEqual([]);
  saved.resolve();
  await settle();
  expect(rig.removed).toEqual([state.callId]);
});
