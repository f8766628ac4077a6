import { performRequest } from './execute.js';
import type { Channel } from './channel.js';

/** `done`: came to its end; `break`: was stopped; `gone`: the channel went elsewhere or hung up. */
export type Ending = 'done' | 'break' | 'gone';

/** Something that takes time on a channel. Only the innermost one makes and hears sound. */
export interface Activity {
  ending: Ending | undefined;
  /** Asked beside `ending`: whether what it waits for is there. */
  endsWhen?(): boolean;
  readonly isBreakable: boolean;
  /** While it is innermost no further requests are taken up. */
  readonly isLocked?: boolean;
  /** The next 20 ms to send. */
  nextFrame?(): Int16Array | undefined;
  /** 20 ms of what the peer says. */
  onFrame?(pcm: Int16Array): void;
  onDigit?(digit: string, durationMs: number): void;
}

/**
 * Runs an activity until it ends. Requests that arrive meanwhile are carried out inside it, not behind it: a play asked during a play
 * interrupts it, and when the inner one is over the outer one goes on where it was.
 */
export async function hold(channel: Channel, activity: Activity): Promise<Ending> {
  channel.activities.push(activity);
  try {
    for (;;) {
      if (channel.turn !== undefined) return 'gone';
      const request = activity.isLocked === true ? undefined : channel.takeRequest();
      const ending = activity.ending ?? (activity.endsWhen?.() === true ? 'done' : undefined);
      if (request !== undefined) await performRequest(channel, request);
      else if (ending !== undefined) return ending;
      else await channel.changed();
    }
  } finally {
    channel.activities.splice(channel.activities.indexOf(activity), 1);
  }
}
