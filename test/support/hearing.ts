import { expect, vi } from 'vitest';
import type { PhoneMedia } from '../../media/phone/phone-media.js';

interface Listener {
  readonly media: PhoneMedia;
}

const SOON = { timeout: 5_000, interval: 20 };

/** This tone fills what is heard, sooner or later. */
export async function expectTone(listener: Listener, hz: number): Promise<void> {
  await vi.waitFor(() => {
    const { share, loudness } = listener.media.tone(hz);
    expect(share, `${hz} Hz`).toBeGreaterThan(0.8);
    expect(loudness).toBeGreaterThan(300);
  }, SOON);
}

/** Something is heard, and it is not this tone: music, or somebody else. */
export async function expectOtherSound(listener: Listener, hz: number): Promise<void> {
  await vi.waitFor(() => {
    const { share, loudness } = listener.media.tone(hz);
    expect(share, `${hz} Hz`).toBeLessThan(0.3);
    expect(loudness).toBeGreaterThan(100);
  }, SOON);
}
