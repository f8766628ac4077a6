import { hungUpHow } from '../../core/authoring/compare.js';
import { summarise } from '../../core/flow/summarise.js';
import type { Json } from '../../core/ids.js';
import type { RunBeginning, RunFact, RunOutcome, RunTeller } from './run-fact.js';
import type { Page } from './masked-echo.js';

/** Tells a call to a program: one JSON object a line. */
export class RunLines implements RunTeller {
  constructor(private readonly page: Page) {}

  began({ flow, start: { ani, dnis, language }, answers }: RunBeginning): void {
    this.print({ event: 'began', flow: flow.id, version: flow.version, from: ani, dialled: dnis, language, answers });
  }

  tell(fact: RunFact): void {
    this.print(fact);
  }

  ended({ flow, call, startedAt }: RunOutcome): void {
    const { statedReason, customer, shown } = summarise(flow, call.state);
    const messagesMs = call.state.messages.map(({ durationMs }) => durationMs);
    this.print({ event: 'ended', ms: call.now - startedAt, node: call.state.path.at(-1)?.node ?? null, result: resultOf(call), reason: statedReason, customer, shown, messagesMs });
  }

  private print(line: object): void {
    this.page.write(`${JSON.stringify(line)}\n`);
  }
}

/** The end in the words of `ended:` of a flow's tests. */
function resultOf({ exit, state }: RunOutcome['call']): Json {
  switch (exit?.kind) {
    case undefined:
      return { callerHungUp: hungUpHow(state) };
    case 'queue':
      return { queue: exit.queue, needs: Object.fromEntries(exit.needs.map(({ skill, minLevel }) => [skill, minLevel])), ...(exit.band === null ? {} : { band: exit.band }), ...(exit.reason === null ? {} : { reason: exit.reason }) };
    case 'transfer':
      return { transfer: exit.target };
    case 'hangup':
      return { hangup: exit.outcome };
    case 'broken':
      return { broken: true };
  }
}
