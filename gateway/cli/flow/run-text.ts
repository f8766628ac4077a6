import { exitText, hungUpHow } from '../../core/authoring/compare.js';
import { summarise } from '../../core/flow/summarise.js';
import type { Json } from '../../core/ids.js';
import { callStory, clock } from './call-story.js';
import { RUN_KEYS } from './flow-session.js';
import type { CallFact, RunBeginning, RunFact, RunOutcome, RunTeller } from './run-fact.js';
import type { Terminal } from './terminal.js';

const MARGIN = 7;
const HUNG_UP = { solved: 'solved', unsolved: 'unsolved', messageLeft: 'a message was left', callbackBooked: 'a callback was asked for' } as const;
const INDENT = ' '.repeat(MARGIN);

/** Tells a call to a person. `isFast`: how long words take does not matter. */
export class RunText implements RunTeller {
  constructor(
    private readonly terminal: Terminal,
    private readonly isFast: boolean,
  ) {}

  began({ flow, start, answers }: RunBeginning): void {
    const { terminal } = this;
    const answering = answers === 'real' ? 'the real back ends answer' : answers === 'asked' ? 'you answer for the back ends' : `back ends answer as ${answers} gives`;
    terminal.print(`${terminal.colour('bold', flow.id)}  ${flow.purpose.trim()}`);
    terminal.print(terminal.colour('dim', `from ${start.ani ?? 'a withheld number'}, in ${start.language}; ${answering}`));
    terminal.print(terminal.colour('dim', RUN_KEYS));
  }

  tell(fact: RunFact): void {
    const { terminal } = this;
    if (fact.event === 'stands') terminal.print(terminal.colour('dim', `at ${fact.node}: ${JSON.stringify(fact.vars)}`));
    else if (fact.event === 'notUnderstood') terminal.print(terminal.colour('red', `"${fact.typed}"? ${fact.expected}`));
    else if (fact.event === 'answerWanted') this.askAnswer(fact);
    else this.tellOfCall(fact);
  }

  /** How it ended, what agents would see, and the whole way again. */
  ended({ flow, call, hasHungUp, startedAt }: RunOutcome): void {
    const { terminal } = this;
    const { statedReason, customer, shown, path } = summarise(flow, call.state);
    const end = call.exit === null ? `you hung up at ${call.node}, ${HUNG_UP[hungUpHow(call.state)]}` : exitText(call.exit);
    const fields: readonly (readonly [string, string])[] = [
      ['end', `${hasHungUp || call.exit !== null ? end : 'not ended'}, after ${clock(call.now - startedAt).trim()}`],
      ['reason', statedReason ?? 'not stated'],
      ['customer', customer === null ? 'not known' : `${customer.id} ${customer.name} (${customer.confidence})`],
      ['shown', Object.entries(shown).map(([label, value]) => `${label}: ${value}`).join(', ') || 'nothing'],
      ...call.state.messages.map(({ durationMs }) => ['message', `${Math.round(durationMs / 1_000)} s`] as const),
    ];
    terminal.print('');
    for (const [name, value] of fields) terminal.print(`${terminal.colour('green', name.padEnd(9))} ${terminal.wrap(value, 10)}`);
    terminal.print(terminal.colour('green', 'the way'));
    for (const line of callStory(path, startedAt)) terminal.print(`  ${line}`);
  }

  private tellOfCall(fact: CallFact): void {
    const { terminal, isFast } = this;
    const at = `${terminal.colour('dim', clock(fact.ms))}  `;
    switch (fact.event) {
      case 'said': {
        const takes = isFast ? '' : `  ${Math.ceil(fact.takesMs / 1_000)} s`;
        return terminal.print(`${at}${terminal.colour('dim', `${fact.node}${takes}`)}\n${INDENT}${terminal.colour('bold', terminal.wrap(fact.text, MARGIN))}`);
      }
      case 'beeped':
        return terminal.print(`${at}${terminal.colour('dim', fact.node)}\n${INDENT}${terminal.colour('bold', 'beep')}${terminal.colour('dim', '  type what the caller says; Enter or the closing key ends it')}`);
      case 'cut':
        return isFast ? undefined : terminal.print(terminal.colour('dim', `${INDENT}– cut short`));
      case 'keyed':
        return terminal.showsDigits ? undefined : terminal.print(terminal.colour('cyan', `› ${fact.keys}`));
      case 'called':
        return terminal.print(`${at}${terminal.colour('yellow', `${fact.operation} ${valuesText(fact.arguments)}`)}`);
      case 'answered':
        return terminal.print(`${at}${terminal.colour('yellow', `${fact.operation} → ${fact.exit}`)}`);
      case 'did':
        return terminal.print(`${at}${terminal.colour('yellow', fact.did)}`);
      default:
        return undefined;
    }
  }

  private askAnswer({ operation, choices }: Extract<RunFact, { event: 'answerWanted' }>): void {
    const { terminal } = this;
    terminal.print(`${INDENT}what does ${operation} answer?  ${terminal.colour('dim', 'by name or number; values can be changed: ok status=paid')}`);
    choices.forEach(({ name, result }, index) => {
      const values = typeof result === 'object' && result !== null && !Array.isArray(result) ? valuesText(result as Readonly<Record<string, Json>>) : '';
      terminal.print(`${INDENT}${String(index + 1).padStart(2)} ${terminal.colour('bold', name)}  ${terminal.colour('dim', values)}`);
    });
  }
}

/** `invoice=471100 days=30` */
const valuesText = (values: Readonly<Record<string, Json>>): string => Object.entries(values).map(([name, value]) => `${name}=${String(value)}`).join(' ');
