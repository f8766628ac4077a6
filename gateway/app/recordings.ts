import type { CallerResult, ReplayFigures, ResultGroup } from '../core/authoring/replay/report.js';
import { failed, ok, type Result } from '../core/errors.js';
import { readRecording } from '../core/recording/recording.js';
import type { Clock } from '../ports/clock.js';
import type { RecordingStore, RecordingsWanted } from '../ports/recording-store.js';
import { DraftReplay } from './draft-replay.js';
import type { DraftedVersions } from './drafted-versions.js';

const LINES_A_PAGE = 200;
/** Calls replayed in one go: a few ms, as calls in progress wait meanwhile. */
const AT_ONCE = 5;

/** Recordings for authors: exported, or replayed on a draft beside the calls in progress. */
export class Recordings {
  private isReplaying = false;

  constructor(private readonly options: { readonly store: RecordingStore; readonly clock: Clock }) {}

  /** The lines, page by page. The first page is read at once, so that a store which is away is told as that. */
  async lines(wanted: RecordingsWanted, limit: number): Promise<Result<AsyncIterable<string>>> {
    const { store } = this.options;
    const first = await store.read(wanted, { after: null, limit: Math.min(limit, LINES_A_PAGE) });
    if (!first.ok) return first;
    return ok(
      (async function* () {
        let page = first.value;
        for (let left = limit; ; ) {
          if (page.lines.length > 0) yield `${page.lines.join('\n')}\n`;
          left -= page.lines.length;
          if (page.next === null || left <= 0) return;
          const next = await store.read(wanted, { after: page.next, limit: Math.min(left, LINES_A_PAGE) });
          if (!next.ok) throw new Error(next.error.detail);
          page = next.value;
        }
      })(),
    );
  }

  /** Replays recordings on the flows that a draft is in. One at a time; between a few calls others get their turn. */
  async replay(flows: Pick<DraftedVersions, 'of'>, wish: { readonly since: number; readonly limit: number }): Promise<Result<{ readonly figures: ReplayFigures; readonly results: readonly ResultGroup[]; readonly callers: readonly CallerResult[] }>> {
    if (this.isReplaying) return failed('VG_REFUSED', 'another draft is being replayed; try again in a moment');
    this.isReplaying = true;
    try {
      const found = await this.lines({ since: wish.since, until: this.options.clock.now(), flow: null }, wish.limit);
      return found.ok ? ok(await this.play(flows, found.value)) : found;
    } catch (error) {
      return failed('VG_STORE', error instanceof Error ? error.message : String(error));
    } finally {
      this.isReplaying = false;
    }
  }

  private async play(flows: Pick<DraftedVersions, 'of'>, pages: AsyncIterable<string>) {
    const replay = new DraftReplay(flows);
    let played = 0;
    for await (const page of pages) {
      for (const line of page.trimEnd().split('\n')) {
        const read = readRecording(line);
        if (!read.ok) replay.tally.skip();
        else if ((await replay.play(read.recording)) && ++played % AT_ONCE === 0) await new Promise<void>((resolve) => void this.options.clock.after(0, resolve));
      }
    }
    const { tally, callers } = replay;
    return { figures: tally.figures, results: tally.results, callers: callers.filter(({ verdict }) => verdict !== 'unusable') };
  }
}
