import type { Activity } from './activity.js';
import { hold } from './activity.js';
import type { Channel } from './channel.js';

/**
 * Two channels that hear each other. The first one is the master: if it leaves, the second is hung up (or parked, if it says so); if the
 * second one leaves, the first goes on with what its variables say.
 *
 *   both called --each unwinds what ran--> both here --> talking --one leaves--> over
 */
export class Bridge {
  #arrived = 0;
  isOver = false;
  readonly #activities = new Map<Channel, Activity>();

  constructor(readonly first: Channel, readonly second: Channel) {
    this.#activities.set(first, this.#makeActivity(first));
    this.#activities.set(second, this.#makeActivity(second));
  }

  partnerOf(channel: Channel): Channel {
    return channel === this.first ? this.second : this.first;
  }

  /** Waits until both legs have left what they did; false if the other one is gone before. */
  async arrive(channel: Channel): Promise<boolean> {
    this.#arrived += 1;
    this.partnerOf(channel).wake();
    await hold(channel, { ending: undefined, isBreakable: false, endsWhen: () => this.#arrived === 2 || this.isOver });
    return this.#arrived === 2 && !this.isOver && channel.turn === undefined;
  }

  /** Talks until one of both leaves. */
  async talk(channel: Channel): Promise<void> {
    const activity = this.#activities.get(channel);
    if (activity !== undefined) await hold(channel, activity);
  }

  /** This leg is out; the other one sees it. */
  leave(channel: Channel): void {
    this.isOver = true;
    channel.bridge = undefined;
    this.partnerOf(channel).wake();
  }

  #isTalking(channel: Channel): boolean {
    return channel.top === this.#activities.get(channel);
  }

  #makeActivity(channel: Channel): Activity {
    return {
      ending: undefined,
      isBreakable: false,
      endsWhen: () => this.isOver,
      onFrame: (pcm) => {
        const partner = this.partnerOf(channel);
        // While something is played to the partner it hears that alone, and while it is played to us our voice goes nowhere.
        if (this.#isTalking(partner)) partner.media.send(pcm);
      },
      onDigit: (digit, durationMs) => void this.partnerOf(channel).media.sendDigits(`${digit}@${Math.round(durationMs)}`),
    };
  }
}
