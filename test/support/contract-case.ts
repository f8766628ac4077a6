import { expect, vi } from 'vitest';
import { SERVICE_NUMBER, type Exchange } from './exchange.js';
import { sipp, type SippCall, type SippRun } from './sipp.js';
import { expectTranscript, partsOf } from './transcript.js';

export type CaseOptions = Pick<SippRun, 'protocol' | 'keys'> & {
  readonly service?: string;
  /** Name of the transcript, where one scenario serves several cases. */
  readonly name?: string;
  /** Prompts and channels are left out of the transcript: FreeSWITCH keeps a prompt still while the caller holds without sending RTP. */
  readonly isHeldInSilence?: boolean;
  /** The channel is left out of the transcript: it may or may not be made before the caller is gone. */
  readonly leavesDuringSetUp?: boolean;
};

/** Content with short words and time-outs, and a queue for each case. */
export const FLOWS_OF_TESTS = new URL('../telephony/flows', import.meta.url).pathname;

/** Places a call by a scenario of `test/telephony/sipp`. */
export function placeBySipp(exchange: Exchange, scenario: string, options: CaseOptions = {}): SippCall {
  const file = new URL(`../telephony/sipp/${scenario}.xml`, import.meta.url);
  return sipp({ scenario: file, target: exchange.sip, service: SERVICE_NUMBER, names: exchange.names, ...options });
}

/** Runs a scenario to its end, and holds it against the transcript of the real servers. */
export async function contractCase(exchange: Exchange, scenario: string, options: CaseOptions = {}): Promise<string> {
  const { done, sipCallId } = placeBySipp(exchange, scenario, options);
  const { problem, trace } = await done;
  expect(problem).toBe('');
  if (exchange.facts.callIdOf(sipCallId) !== null && exchange.log.of('call refused', sipCallId).length === 0) await exchange.ended(sipCallId);
  await expectTranscript(exchange, options.name ?? scenario, () => {
    const parts = partsOf(exchange, sipCallId);
    const channels = options.isHeldInSilence || options.leavesDuringSetUp ? {} : parts.channels;
    return { farEnds: { caller: trace.lines() }, ...parts, channels, says: options.isHeldInSilence ? [] : parts.says };
  });
  return sipCallId;
}

/** Every call is over: nothing of one is left in the gateway, nor in the softswitch. */
export async function expectNothingLeft(exchange: Exchange): Promise<void> {
  await vi.waitFor(() => {
    expect(exchange.gateway.counts()).toMatchObject({ calls: 0, timers: 0, legs: 0, arriving: 0, ringing: 0, spareEndpoints: 0 });
    const counts = exchange.backend.counts();
    if (counts !== null) expect(counts).toMatchObject({ drachtio: { dialogs: 0 }, freeswitch: { channels: 0 } });
  }, { timeout: 5_000, interval: 50 });
}
