import type { CallContext } from '../../core/screen/context.js';
import { didText } from './did.js';
import { el, icon, type Child, type IconName } from './dom.js';
import { clock, phoneNumber, timeOfDay, words } from './format.js';
import { threadView } from './thread-view.js';
import type { Ui } from './ui.js';

/** So many steps of the caller's way are shown at first: the newest matter most. */
const STEPS_SHOWN = 6;

/** Who calls: name or number, how sure that is, language and wait. */
export function callerView(context: CallContext, ui: Ui): HTMLElement {
  const { texts } = ui;
  const { customer, number, language } = context.caller;
  const shownNumber = number === null ? texts.caller.hidden : phoneNumber(number);
  return el(
    'div',
    { class: 'caller' },
    el('h1', { class: 'caller-name' }, callerName(context, ui)),
    el(
      'ul',
      { class: 'facts' },
      customer === null ? null : el('li', {}, shownNumber),
      customer === null ? null : el('li', { class: `chip chip-${customer.confidence}` }, texts.caller.confidence[customer.confidence]),
      el('li', {}, texts.caller.speaks(texts.caller.language[language])),
      el('li', {}, texts.caller.waited(clock(context.waitMs))),
    ),
    callbackView(context, ui),
    context.otherCalls === undefined ? null : el('p', { class: 'callback' }, texts.caller.otherCalls(context.otherCalls)),
    el(
      'p',
      { class: context.statedReason === null ? 'reason quiet' : 'reason' },
      el('span', { class: 'unseen' }, `${texts.context.reason}: `),
      context.statedReason === null ? texts.context.noReason : words(context.statedReason),
    ),
  );
}

/** Why this is no ordinary call: the customer asked to be called, or stands in the place of an earlier call. */
function callbackView({ callback, resumed }: CallContext, { texts }: Ui): HTMLElement | null {
  const words = texts.callback;
  if (callback !== undefined) {
    const tries = callback.attempts.map(({ at, outcome }) => words.tried(timeOfDay(at), words.outcomes[outcome]));
    const asked = `${words.asked(phoneNumber(callback.number), timeOfDay(callback.askedAt))} (${words.via[callback.via]})`;
    return el('p', { class: 'callback' }, [asked, ...tries, ...(callback.isRinging ? [words.rings] : [])].join(' · '));
  }
  if (resumed === undefined) return null;
  return el('p', { class: 'callback' }, resumed.why === 'cutOff' ? words.cutOff(clock(resumed.afterMs)) : words.superseded(timeOfDay(resumed.at)));
}

export function callerName(context: CallContext, { texts }: Ui): string {
  const { customer, number } = context.caller;
  if (customer !== null) return customer.name;
  return number === null ? texts.caller.unknown : phoneNumber(number);
}

/** Everything else the agent should know: values, the way through the menu, and the thread over all channels. */
export function contextView(context: CallContext, ui: Ui): HTMLElement {
  const { texts } = ui;
  return el(
    'div',
    { class: 'context' },
    el(
      'div',
      { class: 'context-side' },
      context.shown.length === 0 ? null : panel(texts.context.facts, 'shown', shownView(context)),
      panel(texts.context.path, 'path', ...pathView(context, ui)),
    ),
    el('div', { class: 'context-main' }, panel(texts.thread.heading, 'thread', threadView(context, ui))),
  );
}

function panel(heading: string, name: string, ...children: readonly Child[]): HTMLElement {
  const id = `panel-${name}`;
  return el('section', { class: `panel panel-${name}`, 'aria-labelledby': id }, el('h2', { id }, heading), ...children);
}

function shownView(context: CallContext): HTMLElement {
  return el('dl', { class: 'values' }, ...context.shown.map(({ label, value }) => el('div', {}, el('dt', {}, words(label)), el('dd', {}, value))));
}

function pathView(context: CallContext, ui: Ui): readonly Child[] {
  const { texts } = ui;
  const { path } = context;
  if (path.length === 0) return [el('p', { class: 'quiet' }, texts.context.noPath)];
  const steps = path.map((entry) => stepView(entry, ui));
  const list = el('ol', { class: 'path' }, ...steps);
  if (path.length <= STEPS_SHOWN) return [list];
  const hidden = steps.slice(0, -STEPS_SHOWN);
  for (const step of hidden) step.hidden = true;
  const more = el('button', { class: 'link', type: 'button' }, texts.context.showAll(path.length));
  more.addEventListener('click', () => {
    for (const step of hidden) step.hidden = false;
    more.remove();
  });
  return [more, list];
}

function stepView(entry: CallContext['path'][number], { texts }: Ui): HTMLElement {
  const did = didText(entry, texts);
  return el(
    'li',
    { class: did === null ? 'step' : did.isDone ? 'step step-did' : 'step step-did-not' },
    el('time', {}, timeOfDay(entry.at)),
    el(
      'div',
      { class: 'step-body' },
      el('p', { class: 'step-node' }, words(entry.node)),
      line('said', texts.context.heard, entry.said),
      line('keyed', texts.context.entered, entry.entered),
      did === null ? null : line(did.isDone ? 'done' : 'not', texts.context.did, did.text),
    ),
  );
}

function line(name: IconName, label: string, text: string | undefined): Child {
  if (text === undefined) return null;
  const shown = name === 'keyed' ? el('kbd', {}, text) : el('span', {}, name === 'said' ? `“${text}”` : text);
  return el('p', { class: `step-line step-${name}` }, icon(name), el('span', { class: 'unseen' }, `${label}: `), shown);
}
