import type { LegsOptions } from './legs.js';
import type { Endpoint, MediaServer, SipMessage } from './libraries.js';
import { renegotiate } from './renegotiate.js';

/** How often a far end that announced sound is looked at: there is no event for the first packet. */
const LOOK_EVERY_MS = 100;

export interface EarlyMediaParts {
  readonly options: LegsOptions;
  readonly server: MediaServer;
  /** The channel towards the far end. */
  readonly endpoint: Endpoint;
  /** Joins the caller to that channel; null when nobody is to hear what comes before the answer. */
  readonly join: (() => Promise<boolean>) | null;
}

/**
 * What a far end says and sends while it rings. A 1xx may carry its description, and a reliable one is its answer, so that the 200 comes
 * without (RFC 3261 section 13.2.1). A description alone is no sound: many send one and stay silent, so the caller keeps the music until
 * the first packet came (RFC 3960 section 3.2).
 */
export class EarlyMedia {
  /** The last description of a provisional answer. */
  sdp: string | null = null;
  /** The one that the channel towards the far end works by already. */
  agreedSdp: string | null = null;
  /** Whether the caller is joined to the far end already. */
  isJoined = false;
  private isOver = false;
  private work: Promise<void> = Promise.resolve();
  private markOver: () => void = () => undefined;
  private readonly over: Promise<void>;

  constructor(private readonly parts: EarlyMediaParts) {
    this.over = new Promise((resolve) => (this.markOver = resolve));
  }

  /** A provisional answer. srf acknowledges a reliable one by itself. */
  heard(response: SipMessage): void {
    if (!response.body || response.body === this.sdp) return;
    const sdp = response.body;
    this.sdp = sdp;
    const { join } = this.parts;
    if (join !== null) this.work = this.work.then(() => this.listen(sdp, join));
  }

  /** The far end answered or refused: resolves when nothing is under way any more. */
  async end(): Promise<void> {
    this.isOver = true;
    this.markOver();
    await this.work;
  }

  private async listen(sdp: string, join: () => Promise<boolean>): Promise<void> {
    const { options, endpoint } = this.parts;
    if (this.isOver || !hasLiveAudio(sdp)) return;
    const agreed = await renegotiate(options.sip, endpoint, sdp);
    if (!agreed.ok) return options.log.warn({ code: agreed.error.code, detail: agreed.error.detail }, 'early media not heard');
    this.agreedSdp = sdp;
    // Another description takes over from this one, for example that of another fork.
    while (!this.isJoined && !this.isOver && this.sdp === sdp) {
      if (await this.isSounding()) this.isJoined = await join();
      else await Promise.race([pause(LOOK_EVERY_MS), this.over]);
    }
  }

  private async isSounding(): Promise<boolean> {
    const { server, endpoint } = this.parts;
    await server.api(`uuid_set_media_stats ${endpoint.uuid}`);
    return Number(await server.api(`uuid_getvar ${endpoint.uuid} rtp_audio_in_media_packet_count`)) > 0;
  }
}

/** Whether a description has an audio stream that is not refused (RFC 3264 section 6: port 0). */
export function hasLiveAudio(sdp: string): boolean {
  return /^m=audio [1-9]/m.test(sdp);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
