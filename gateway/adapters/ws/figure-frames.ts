import type { Figures } from '../../core/acd/figures.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import { frameOf } from './screen-socket.js';

/** Frames of the day's figures: made once, however many sockets watch them. In a large house one is hundreds of kilobytes. */
export class FigureFrames {
  private readonly made = new WeakMap<Figures, Map<boolean, string | null>>();

  constructor(private readonly deps: { readonly clock: Clock; readonly log: Log }) {}

  /** With the figures of each agent, or without. Null when they do not fit the schema (logged). */
  of(figures: Figures, hasAgents: boolean): string | null {
    const { clock, log } = this.deps;
    const frames = this.made.get(figures) ?? new Map<boolean, string | null>();
    this.made.set(figures, frames);
    const known = frames.get(hasAgents);
    if (known !== undefined) return known;
    const frame = frameOf({ type: 'figures', at: clock.now(), figures: hasAgents ? figures : { ...figures, agents: [] } }, log);
    frames.set(hasAgents, frame);
    return frame;
  }
}
