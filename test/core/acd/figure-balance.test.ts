import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FigureFold } from '../../../gateway/core/acd/figure-fold.js';
import type { QueueFigures } from '../../../gateway/core/acd/figures.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';
import { Day, DAY, S, type Open } from './told-day.js';

type Sums = Pick<QueueFigures, 'offered' | 'answered' | 'abandoned' | 'overflowed' | 'cutOff' | 'waiting' | 'resting'>;
const sumsOf = ({ offered, answered, abandoned, overflowed, cutOff, waiting, resting }: QueueFigures): Sums => ({ offered, answered, abandoned, overflowed, cutOff, waiting, resting });
const chats = (day: Day): Sums => sumsOf(day.queue());

const arrives = (at: number, isReturning = false): Open => ({ type: 'call.arrived', channel: 'chat', at: at * S, callId: 'chat', queue: 'q', needs: [], asked: [], band: 100, askedBand: null, isReturning });
const answered = (at: number, agentId = 'anna'): Open => ({ type: 'call.answered', channel: 'chat', at: at * S, callId: 'chat', offerId: `o${at}`, agentId, queue: 'q', waitMs: at * S });
const completed = (at: number, agentId = 'anna'): Open => ({ type: 'call.completed', channel: 'chat', at: at * S, callId: 'chat', agentId, queue: 'q', talkMs: S, holdMs: 0 });
const cancelled = (at: number): Open => ({ type: 'call.abandoned', channel: 'chat', at: at * S, callId: 'chat', queue: 'q', waitMs: at * S });
const ANSWERED: Sums = { offered: 1, answered: 1, abandoned: 0, overflowed: 0, cutOff: 0, waiting: 0, resting: 0 };

describe('what came to a queue counts as one thing', () => {
  it('as answered what was taken and then taken back by who handed it in, in whatever order that is told', () => {
    expect(chats(new Day().tell(arrives(0), answered(5), cancelled(6)))).toEqual(ANSWERED);
    expect(chats(new Day().tell(arrives(0), cancelled(6), answered(5)))).toEqual(ANSWERED);
  });

  it('as offered what another gateway answered before its arrival was told', () => {
    const day = new Day().tell(answered(5), arrives(0));
    expect(chats(day)).toEqual(ANSWERED);
    expect(chats(day.tell(completed(9)))).toEqual(ANSWERED);
    expect(chats(new Day().tell(answered(5), completed(9), arrives(0)))).toEqual(ANSWERED);
    expect(chats(new Day().tell(cancelled(5), arrives(0)))).toEqual({ ...ANSWERED, answered: 0, abandoned: 1 });
  });

  it('as offered also what was answered or left where nothing tells that it arrived, as its gateway died then', () => {
    expect(chats(new Day().tell(answered(5), completed(9)))).toEqual(ANSWERED);
    expect(chats(new Day().tell(cancelled(5)))).toEqual({ ...ANSWERED, answered: 0, abandoned: 1 });
  });

  it('as answered what is completed where nothing tells that it was answered', () => {
    expect(chats(new Day().tell(arrives(0), completed(9)))).toEqual(ANSWERED);
  });

  it('as waiting what an agent gave back, and as answered what becomes of it then, in whatever order that is told', () => {
    expect(chats(new Day().tell(arrives(0), answered(5), arrives(7, true)))).toEqual({ ...ANSWERED, waiting: 1 });
    expect(chats(new Day().tell(arrives(0), arrives(7, true), answered(5)))).toEqual({ ...ANSWERED, waiting: 1 });
    for (const end of [cancelled(20), completed(20, 'bo')]) {
      expect(chats(new Day().tell(arrives(0), answered(5), answered(8, 'bo'), arrives(7, true), end))).toEqual(ANSWERED);
      expect(chats(new Day().tell(arrives(0), answered(5), arrives(7, true), end, answered(8, 'bo')))).toEqual(ANSWERED);
    }
  });

  it('as another one what is handed in anew under an id that was used before', () => {
    expect(chats(new Day().tell(arrives(0), answered(5), completed(9), arrives(80_000), cancelled(80_007)))).toEqual({ ...ANSWERED, offered: 2, abandoned: 1 });
  });

  it('and keeps no agent at work with what was over before its answer was told', () => {
    const day = new Day().anna('ready', 0).tell(arrives(0), completed(9), answered(5));
    expect(day.agent(100)).toMatchObject({ answered: 1, availableMs: 100 * S, otherWorkMs: 0 });
  });
});

describe('whatever happens', () => {
  /** Steps of one piece of work, each with the time until the next, and how late each is told. */
  const step = fc.record({ do: fc.nat(9), afterMs: fc.integer({ min: 1, max: 40 }), lateMs: fc.nat(30) });
  const works = fc.array(fc.record({ isItem: fc.boolean(), atMs: fc.nat(500), steps: fc.array(step, { maxLength: 12 }) }), { maxLength: 8 });

  interface Told {
    readonly fact: QueueFact;
    readonly at: number;
  }
  type Truth = Map<string, Sums>;
  const none: Sums = { offered: 0, answered: 0, abandoned: 0, overflowed: 0, cutOff: 0, waiting: 0, resting: 0 };

  /** What gateways write of one call or item, and what is true of it. */
  class Work {
    readonly told: Told[] = [];
    private is: 'waiting' | 'resting' | 'answered' | 'over' = 'waiting';
    private wasAnswered = false;
    private queue = 'q';
    private cameAt: number;
    private agents = 0;

    constructor(private readonly id: string, private readonly isItem: boolean, private at: number, private readonly truth: Truth) {
      this.cameAt = at;
      this.arrives(false, 7);
    }

    go({ do: what, afterMs, lateMs }: { readonly do: number; readonly afterMs: number; readonly lateMs: number }): void {
      this.at += afterMs;
      if (this.is === 'over') return;
      if (this.is === 'resting') return what < 7 ? this.arrives(true, lateMs) : this.leaves('overflowed', lateMs);
      if (this.is === 'answered') return this.goOn(what, lateMs);
      if (what < 5) return this.isAnswered(lateMs);
      if (this.isItem) return this.leaves('abandoned', lateMs);
      if (what === 5) return this.leaves('abandoned', lateMs);
      if (what === 6) return this.leaves('cutOff', lateMs);
      if (what === 7) return this.leaves('overflowed', lateMs);
      if (what === 8) return this.moves(lateMs);
      this.rests(lateMs, afterMs % 2 === 0);
    }

    private goOn(what: number, lateMs: number): void {
      const agentId = `agent${this.agents}`;
      const over = (): void => this.tell({ type: 'call.completed', ...this.channel(), agentId, queue: this.queue, talkMs: 1, holdMs: 0 }, lateMs);
      if (what < 4) {
        over();
        this.is = 'over';
      } else if (what < 8) {
        // The agent is lost or set free. Of an item that is no end of a talk.
        if (!this.isItem) over();
        this.arrives(true, lateMs);
      } else if (this.isItem) {
        // Its creator took it back as it was taken.
        this.tell({ type: 'call.abandoned', ...this.channel(), queue: this.queue, waitMs: this.at - this.cameAt }, lateMs);
        this.is = 'over';
      }
    }

    private arrives(isReturning: boolean, lateMs: number): void {
      this.tell({ type: 'call.arrived', ...this.channel(), queue: this.queue, needs: [], asked: [], band: 1, askedBand: null, isReturning }, lateMs);
      if (this.told.length === 1) this.add({ offered: 1 });
      this.is = 'waiting';
    }

    private isAnswered(lateMs: number): void {
      this.agents += 1;
      this.tell({ type: 'call.answered', ...this.channel(), offerId: `${this.id}-${this.agents}`, agentId: `agent${this.agents}`, queue: this.queue, waitMs: this.at - this.cameAt }, lateMs);
      if (!this.wasAnswered) this.add({ answered: 1 });
      this.wasAnswered = true;
      this.is = 'answered';
    }

    private leaves(how: 'abandoned' | 'overflowed' | 'cutOff', lateMs: number): void {
      const left = { ...this.channel(), queue: this.queue, waitMs: this.at - this.cameAt };
      if (how === 'overflowed') this.tell({ type: 'call.overflowed', ...left }, lateMs);
      else this.tell({ type: 'call.abandoned', ...left, ...(how === 'cutOff' ? { isCutOff: true } : {}) }, lateMs);
      if (!this.wasAnswered) this.add({ [how]: 1 });
      this.is = 'over';
    }

    private moves(lateMs: number): void {
      this.leaves('overflowed', lateMs);
      this.queue = this.queue === 'q' ? 'r' : 'q';
      this.wasAnswered = false;
      this.arrives(true, lateMs);
      this.add({ offered: 1 });
    }

    private rests(lateMs: number, isLast: boolean): void {
      this.tell({ type: 'callback.notReached', callId: this.id, queue: this.queue, offerId: null, why: 'busy', isLast }, lateMs);
      if (isLast && !this.wasAnswered) this.add({ abandoned: 1 });
      this.is = isLast ? 'over' : 'resting';
    }

    end(): void {
      if (this.is === 'waiting') this.add({ waiting: 1 });
      if (this.is === 'resting') this.add({ resting: 1 });
    }

    private channel() {
      return { callId: this.id, ...(this.isItem ? { channel: 'chat' as const } : {}) };
    }

    /** A call is one gateway's, whose facts come in order; an item's facts come from any gateway. */
    private tell(fact: Open extends infer F ? (F extends Open ? Omit<F, 'at'> : never) : never, lateMs: number): void {
      const toldAt = this.at + lateMs;
      const before = this.told.at(-1)?.at ?? 0;
      this.told.push({ fact: { v: 1, id: `${this.id}:${this.told.length}`, ...fact, at: DAY + this.at } as QueueFact, at: this.isItem ? toldAt : Math.max(before, toldAt) });
    }

    private add(more: Partial<Sums>): void {
      const key = `${this.queue}/${this.isItem ? 'chat' : 'voice'}`;
      const sums = { ...(this.truth.get(key) ?? none) };
      for (const name of Object.keys(more) as (keyof Sums)[]) sums[name] += more[name] ?? 0;
      this.truth.set(key, sums);
    }
  }

  const play = (all: readonly { readonly isItem: boolean; readonly atMs: number; readonly steps: readonly { readonly do: number; readonly afterMs: number; readonly lateMs: number }[] }[]) => {
    const truth: Truth = new Map();
    const told = all.flatMap(({ isItem, atMs, steps }, at) => {
      const work = new Work(`w${at}`, isItem, 1 + atMs, truth);
      for (const one of steps) work.go(one);
      work.end();
      return work.told;
    });
    return { truth, facts: told.sort((a, b) => a.at - b.at).map(({ fact }) => fact) };
  };
  const queuesOf = (facts: readonly QueueFact[]): readonly QueueFigures[] => {
    const fold = new FigureFold();
    for (const fact of facts) fold.observe(fact);
    return fold.figures({ from: DAY, to: DAY + 86_400_000 }, DAY + 3_600_000).queues;
  };
  const figuresOf = (facts: readonly QueueFact[]): Truth => new Map(queuesOf(facts).map((queue) => [`${queue.queue}/${queue.channel}`, sumsOf(queue)]));

  it('the figures are true, also where facts come twice and an item’s come from gateways that are not equally quick', () => {
    fc.assert(fc.property(works, (all) => {
      const { truth, facts } = play(all);
      expect(figuresOf(facts.flatMap((fact, at) => (at % 3 === 0 ? [fact, fact] : [fact])))).toEqual(truth);
    }), { numRuns: 500 });
  });

  it('no queue has more or fewer outcomes than offers, also where some facts never come and others in any order', () => {
    fc.assert(fc.property(works, fc.infiniteStream(fc.nat(1_000)), (all, fate) => {
      const { facts } = play(all);
      const left = facts.map((fact) => ({ fact, place: fate.next().value })).filter(({ place }) => place % 5 > 0).sort((a, b) => a.place - b.place).map(({ fact }) => fact);
      for (const { offered, answered, abandoned, overflowed, cutOff, waiting, resting } of queuesOf(left)) {
        const undecided = offered - answered - abandoned - overflowed - cutOff;
        expect(undecided).toBeGreaterThanOrEqual(0);
        expect(undecided).toBeLessThanOrEqual(waiting + resting);
      }
    }), { numRuns: 500 });
  });
});
