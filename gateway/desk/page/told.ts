import { operationText } from './did.js';
import { clock, queueName } from './format.js';
import type { Texts } from './texts-en.js';
import type { ThreadRow } from './ui.js';

type Told = NonNullable<ThreadRow['told']>;

/** What an earlier contact came to, in the agent's language; what others wrote is shown as it is. */
export function summaryText(row: ThreadRow, { texts, locale }: { readonly texts: Texts; readonly locale: string }): string {
  // A note that stands alone says what was filed.
  if (row.told === undefined) return (row.summary === row.result ? row.resultNames?.[texts.language] : undefined) ?? row.summary;
  const done = (row.did ?? []).flatMap((did) => operationText(did, texts)?.text ?? []).map((text) => text.charAt(0).toLowerCase() + text.slice(1));
  return [...(done.length === 0 ? [] : [texts.told.byKeypad(done.join(', '))]), sentence(row.told, texts, locale)].join(' ');
}

function sentence(told: Told, texts: Texts, locale: string): string {
  const words = texts.told;
  const line = 'queue' in told && told.queue !== null ? ` (${queueName(told.queue, texts)})` : '';
  const waited = 'waitMs' in told && told.waitMs !== null ? words.waited(clock(told.waitMs)) : '';
  switch (told.what) {
    case 'talked':
      return `${(told.isCallback ? words.calledBack : words.talked)(`${told.agent}${line}`, clock(told.talkMs))}${waited}.`;
    case 'hungUpWaiting':
      return `${words.hungUp}${waited}${line}.`;
    case 'notServed':
      return words.notServed(line);
    case 'callbackAsked':
      return words.callbackAsked(line);
    case 'notReached':
      return words.notReached(texts.callback.outcomes[told.outcome], String(told.attempt));
    case 'callbackDropped':
      return words.callbackDropped(String(told.attempts));
    case 'messageLeft':
      return told.durationMs === null ? words.messageLeft : `${texts.did.left(clock(told.durationMs))}.`;
    case 'messageRemoved': {
      const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(told.leftAt);
      return words.messageRemoved(`${date}, ${clock(told.durationMs)},`, String(told.afterDays)) + (told.wasDone ? '.' : words.nobodyHad);
    }
    case 'calledFirst':
    case 'served':
    case 'hungUpInMenu':
    case 'endedEarly':
    case 'noResult':
    case 'messageDone':
      return words[told.what];
  }
}
