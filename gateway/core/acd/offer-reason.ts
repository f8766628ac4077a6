import { z } from 'zod';
import type { Language } from '../flow/flow-types.js';
import type { Names } from './names.js';
import type { QueueConfig } from './queue-config.js';
import { STRATEGIES, type Assignment, type Strategy } from './queue-types.js';
import { requirementsOf, type Wish } from './requirements.js';

const needs = z.array(z.strictObject({ skill: z.string().min(1), minLevel: z.int().min(1) })).readonly();

/** Why an agent was offered a call: what the queue's script saw, with the rules it went by. Logged with the offer, and shown. */
export const offerReasonSchema = z.object({
  trigger: z.enum(['callCame', 'agentCame', 'personal']),
  alternatives: z.int().nonnegative(),
  hasMore: z.boolean(),
  /** How often the wait had taken away from what was needed. */
  relaxations: z.int().nonnegative(),
  /** What the caller needed at that moment. */
  needs,
  /** Skills that go before the strategy. */
  preferred: z.array(z.string()).readonly(),
  strategy: z.enum(STRATEGIES),
});
export type OfferReason = z.infer<typeof offerReasonSchema>;
/** The reason as a sentence. */
export type ReasonWords = Readonly<Record<Language, string>>;

/** The reason of an offer, from what the script saw and what the queue and the call ask for. */
export function offerReason(assignment: Assignment, rules: { readonly queue: Pick<QueueConfig, 'needs' | 'prefer' | 'relax' | 'ageing' | 'band'>; readonly wish: Wish; readonly strategy: Strategy }): OfferReason {
  const { first, later } = requirementsOf(rules.queue, rules.wish);
  const passed = [first, ...later].slice(0, assignment.relaxations + 1).map((requirement) => requirement.needs);
  // The next band is a change too, but asks for no less.
  const relaxations = passed.filter((now, at) => at > 0 && JSON.stringify(now) !== JSON.stringify(passed[at - 1])).length;
  return { ...assignment, relaxations, needs: passed.at(-1) ?? first.needs, preferred: rules.queue.prefer.map(({ skill }) => skill), strategy: rules.strategy };
}

interface Sentences {
  readonly personal: string;
  /** `n`: of how many, this one among them; `who`: what they have. */
  readonly agent: Readonly<Record<Strategy, (n: string, who: string) => string>>;
  readonly onlyAgent: (needs: string) => string;
  readonly call: (n: string) => string;
  readonly callOfFirstSkill: (n: string) => string;
  readonly onlyCall: string;
  readonly who: (needs: string) => string;
  readonly orMore: (n: number) => string;
  readonly preferred: (skills: string) => string;
  readonly relaxed: (times: number) => string;
}

const EN_LONGEST = (n: string, who: string) => `ready for the longest time of ${n} agents${who}`;
const EN: Sentences = {
  personal: 'the caller was to reach this agent first',
  agent: { longestIdle: EN_LONGEST, primaryFirst: EN_LONGEST, leastOccupied: (n, who) => `least occupied of ${n} ready agents${who}`, linear: (n, who) => `first in the list of ${n} ready agents${who}`, mostSkilled: (n, who) => `highest levels of ${n} ready agents${who}` },
  onlyAgent: (needs) => `the only ready agent${needs === '' ? '' : ` who has ${needs}`}`,
  call: (n) => `most urgent, then longest waiting of ${n} callers whom the agent can serve`,
  callOfFirstSkill: (n) => `most urgent, then for the agent's first skill, then longest waiting of ${n} callers whom the agent can serve`,
  onlyCall: 'the only waiting caller whom the agent can serve',
  who: (needs) => ` who have ${needs}`,
  orMore: (n) => `${n} or more`,
  preferred: (skills) => `those with ${skills} come first`,
  relaxed: (times) => `relaxed ${times === 1 ? 'once' : `${times} times`}`,
};

const SV_LONGEST = (n: string, who: string) => `redo längst av ${n} agenter${who}`;
const SV: Sentences = {
  personal: 'kunden skulle först till just den här agenten',
  agent: { longestIdle: SV_LONGEST, primaryFirst: SV_LONGEST, leastOccupied: (n, who) => `minst belagd av ${n} agenter som är redo${who}`, linear: (n, who) => `först i listan av ${n} agenter som är redo${who}`, mostSkilled: (n, who) => `högst nivåer av ${n} agenter som är redo${who}` },
  onlyAgent: (needs) => `den enda agenten som är redo${needs === '' ? '' : ` med ${needs}`}`,
  call: (n) => `mest brådskande, sedan längst väntan av ${n} kunder som agenten kan hjälpa`,
  callOfFirstSkill: (n) => `mest brådskande, sedan agentens första kompetens, sedan längst väntan av ${n} kunder som agenten kan hjälpa`,
  onlyCall: 'den enda väntande kunden som agenten kan hjälpa',
  who: (needs) => ` med ${needs}`,
  orMore: (n) => `${n} eller fler`,
  preferred: (skills) => `de med ${skills} går före`,
  relaxed: (times) => `kraven lättade ${times === 1 ? 'en gång' : `${times} gånger`}`,
};

const NB_LONGEST = (n: string, who: string) => `klar lengst av ${n} agenter${who}`;
const NB: Sentences = {
  personal: 'kunden skulle først til akkurat denne agenten',
  agent: { longestIdle: NB_LONGEST, primaryFirst: NB_LONGEST, leastOccupied: (n, who) => `minst opptatt av ${n} agenter som er klare${who}`, linear: (n, who) => `først i listen av ${n} agenter som er klare${who}`, mostSkilled: (n, who) => `høyest nivåer av ${n} agenter som er klare${who}` },
  onlyAgent: (needs) => `den eneste agenten som er klar${needs === '' ? '' : ` med ${needs}`}`,
  call: (n) => `mest som haster, deretter lengst ventetid av ${n} kunder som agenten kan hjelpe`,
  callOfFirstSkill: (n) => `mest som haster, deretter agentens første kompetanse, deretter lengst ventetid av ${n} kunder som agenten kan hjelpe`,
  onlyCall: 'den eneste ventende kunden som agenten kan hjelpe',
  who: (needs) => ` med ${needs}`,
  orMore: (n) => `${n} eller flere`,
  preferred: (skills) => `de med ${skills} går foran`,
  relaxed: (times) => `kravene lempet ${times === 1 ? 'én gang' : `${times} ganger`}`,
};

/** `ready for the longest time of 3 agents who have Invoices ≥ 3; relaxed once`, in each language. A skill without a name goes by its id. */
export function reasonWords(reason: OfferReason, nameOf: (skill: string) => Names | null): ReasonWords {
  const inWords = (language: Language): ((skill: string) => string) => (skill) => nameOf(skill)?.[language] ?? skill;
  return { sv: sentence(reason, SV, inWords('sv')), nb: sentence(reason, NB, inWords('nb')), en: sentence(reason, EN, inWords('en')) };
}

function sentence(reason: OfferReason, words: Sentences, named: (skill: string) => string): string {
  if (reason.trigger === 'personal') return words.personal;
  const { needs: all, preferred, relaxations } = reason;
  const isAgentChosen = reason.trigger === 'callCame';
  const asked = all.map(({ skill, minLevel }) => `${named(skill)} ≥ ${minLevel}`).join(', ');
  const order = isAgentChosen && preferred.length > 0 && reason.alternatives > 0 ? [words.preferred(preferred.map(named).join(', '))] : [];
  return [isAgentChosen ? ofAgents(reason, words, asked) : ofCalls(reason, words), ...order, ...(relaxations === 0 ? [] : [words.relaxed(relaxations)])].join('; ');
}

const counted = ({ alternatives, hasMore }: OfferReason, words: Sentences): string => (hasMore ? words.orMore(alternatives + 1) : String(alternatives + 1));

function ofAgents(reason: OfferReason, words: Sentences, asked: string): string {
  if (reason.alternatives === 0) return words.onlyAgent(asked);
  return words.agent[reason.strategy](counted(reason, words), asked === '' ? '' : words.who(asked));
}

function ofCalls(reason: OfferReason, words: Sentences): string {
  if (reason.alternatives === 0) return words.onlyCall;
  return (reason.strategy === 'primaryFirst' ? words.callOfFirstSkill : words.call)(counted(reason, words));
}
