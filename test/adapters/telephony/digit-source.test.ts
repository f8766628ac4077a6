import { describe, expect, it } from 'vitest';
import { DigitSource, pathOf, type DigitPath } from '../../../gateway/adapters/telephony/digit-source.js';

describe('one way of sending keys counts on a leg', () => {
  it.each<[string, string | undefined, readonly DigitPath[], readonly boolean[]]>([
    ['events where they were agreed on', 'rfc2833', ['info', 'tones', 'event', 'info'], [false, false, true, false]],
    ['else INFO, when it comes first', 'info', ['info', 'tones', 'info'], [true, false, true]],
    ['else tones, when they come first', 'info', ['tones', 'info', 'tones'], [true, false, true]],
    ['on a leg whose kind is not known, the first', undefined, ['event', 'info', 'event'], [true, false, true]],
  ])('%s', (_title, dtmfType, paths, counted) => {
    const source = new DigitSource(dtmfType);
    expect(paths.map((path) => source.takes(path))).toEqual(counted);
  });

  it('FreeSWITCH names tones INBAND_AUDIO, and everything else came as events', () => {
    expect(['INBAND_AUDIO', 'RTP', undefined].map(pathOf)).toEqual(['tones', 'event', 'event']);
  });
});
