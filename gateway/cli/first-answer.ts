import { type Clock, systemClock } from '../../media/sip/clock.js';
import type { OutgoingCall } from '../../media/sip/outgoing-call.js';
import type { Source } from '../../media/sip/transport.js';
import type { Output } from './output.js';
import { addressText, whenRefused } from './unreached.js';

const TELL_EVERY_MS = 4_000;

/** Watches over a call of which nobody has said anything yet: tells every few seconds what it waits for, and ends it where nothing listens. */
export function watchFirstAnswer(call: OutgoingCall, { to, output, clock = systemClock }: { readonly to: Source; readonly output: Pick<Output, 'line'>; readonly clock?: Clock }): void {
  const begun = clock.now();
  let times = 1;
  const tell = (): void => {
    const waitedMs = clock.now() - begun;
    const sent = to.protocol === 'udp' ? `INVITE sent ${times} times, it goes on until 32 s` : 'the INVITE is with them, it goes on until 32 s';
    output.line({ event: 'noAnswerYet', atMs: waitedMs, to: addressText(to), times }, `${(waitedMs / 1_000).toFixed(2).padStart(7)} s    no answer from ${addressText(to)} yet: ${sent}, Ctrl-C ends it`);
    stopTimer = clock.setTimer(TELL_EVERY_MS, tell);
  };
  let stopTimer = clock.setTimer(TELL_EVERY_MS, tell);
  const stopAsking = whenRefused(to, () => call.giveUp({ status: 503, reason: 'nothing listens there', cause: 'transport' }));
  const count = (now: number): void => void (times = now);
  const stop = (): void => {
    stopTimer();
    stopAsking();
    call.off('resent', count);
    for (const event of ENOUGH) call.off(event, stop);
  };
  call.on('resent', count);
  for (const event of ENOUGH) call.on(event, stop);
}

const ENOUGH = ['trying', 'ringing', 'answered', 'failed'] as const;
