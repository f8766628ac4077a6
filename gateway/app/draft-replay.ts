import { replayOne, ReplayTally, type CallerResult } from '../core/authoring/replay/report.js';
import type { Recording } from '../core/recording/recording.js';
import type { DraftedVersions } from './drafted-versions.js';

/** Plays recorded calls on a draft, one after the other, and keeps what comes of it. */
export class DraftReplay {
  readonly tally = new ReplayTally();
  /** Those who do not end as they did, in the order of the calls. */
  readonly callers: CallerResult[] = [];

  constructor(private readonly flows: Pick<DraftedVersions, 'of'>) {}

  /** @returns whether the call was played: the draft has to do with it, and its version is known. */
  async play(recording: Recording): Promise<boolean> {
    const { tally } = this;
    const found = await this.flows.of(recording.flow, recording.version);
    if (found === 'unknown') tally.leaveOut();
    else if (found.drafted === null) tally.skip();
    else {
      const result = replayOne(found.drafted, recording, found.live);
      tally.add(result);
      if (result.verdict !== 'same') this.callers.push(result);
      return true;
    }
    return false;
  }
}
