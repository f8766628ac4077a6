/** How a key reaches us: as an event in RTP (RFC 4733), as SIP INFO, or as tones in the sound. */
export type DigitPath = 'event' | 'info' | 'tones';

/**
 * Which path counts on one leg, so that a key that comes twice counts once: events where they were agreed on, else the first of the
 * others that brings a digit. What a far end lists in Allow does not tell: many can INFO and send tones.
 */
export class DigitSource {
  private path: DigitPath | null;

  /** @param dtmfType what FreeSWITCH says of the channel: `rfc2833` when telephone-event was agreed, else `info` */
  constructor(dtmfType: string | undefined) {
    this.path = dtmfType === 'rfc2833' ? 'event' : null;
  }

  /** Whether a digit that came this way counts. */
  takes(path: DigitPath): boolean {
    this.path ??= path;
    return this.path === path;
  }
}

/** FreeSWITCH's DTMF-Source as a path. */
export const pathOf = (source: string | undefined): DigitPath => (source === 'INBAND_AUDIO' ? 'tones' : 'event');
