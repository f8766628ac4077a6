import { callerName, contextView } from './context-view.js';
import { el } from './dom.js';
import { draftOf } from './draft.js';
import { clock, timeOfDay } from './format.js';
import type { Welcome, WrapUp } from './state.js';
import type { Texts } from './texts-en.js';
import { busyWhile, type Ui, type View } from './ui.js';

type Disposition = Welcome['dispositions'][number];

/** A chosen result is filed by itself when so little time is left that the agent could not press Done any more. */
const FILE_BEFORE_END_MS = 1_500;

/** After-call work: two taps, and a note for the next colleague. `latest`: the wrap-up as it is now, which may get longer. */
export function wrapUpView(latest: () => WrapUp, dispositions: readonly Disposition[], ui: Ui): View {
  const { texts } = ui;
  const wrapUp = latest();
  const kept = draftOf<{ readonly disposition: string | null; readonly note: string }>(wrapUp.callId);
  const draft = kept.read() ?? { disposition: null, note: '' };
  const form = el('form', { class: 'wrap-up-form' });
  const done = el('button', { class: 'button button-primary', type: 'submit', 'data-action': 'done', 'aria-describedby': 'done-why' }, texts.wrapUp.done);
  const note = el('textarea', { id: 'note', name: 'note', rows: 3, maxlength: 4_000 });
  note.value = draft.note;
  const chosen = (): string | null => form.querySelector<HTMLInputElement>('input[name=disposition]:checked')?.value ?? null;
  const why = el('p', { id: 'done-why', class: 'quiet' }, texts.wrapUp.chooseFirst);
  const send = async (disposition: string | null): Promise<void> => {
    done.disabled = false;
    const outcome = await busyWhile(done, texts.wrapUp.saving, () => ui.command({ type: 'wrapUp', callId: wrapUp.callId, disposition, note: note.value.trim() }));
    if (outcome.ok) kept.forget();
    else allow();
  };
  const file = (): void => (chosen() === null || done.disabled ? undefined : void send(chosen()));
  // What was typed is kept when the time is over, with a result or without.
  const fileAtEnd = (): void => (chosen() === null && note.value.trim() !== '' ? void send(null) : file());
  const allow = (): void => {
    done.disabled = chosen() === null;
    why.hidden = !done.disabled;
  };
  const countdown = countdownView(latest, ui, fileAtEnd);
  form.append(
    choices(dispositions, draft.disposition, texts),
    el('label', { for: 'note' }, `${texts.wrapUp.note} `, el('span', { class: 'quiet' }, `(${texts.wrapUp.optional})`)),
    note,
    el('div', { class: 'actions' }, done, countdown.more, why),
  );
  const changed = (): void => {
    allow();
    kept.keep({ disposition: chosen(), note: note.value });
  };
  allow();
  form.addEventListener('input', changed);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    file();
  });
  note.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) file();
  });
  const root = el(
    'div',
    { class: 'call' },
    el(
      'section',
      { class: 'card card-wrap-up', 'aria-label': texts.wrapUp.eyebrow },
      el('div', { class: 'card-top' }, el('p', { class: 'eyebrow' }, texts.wrapUp.eyebrow), countdown.text),
      countdown.bar,
      el('h1', {}, texts.wrapUp.heading),
      el('p', { class: 'quiet' }, howItEnded(wrapUp, ui)),
      form,
    ),
    wrapUp.context === null ? null : contextView(wrapUp.context, ui),
  );
  return { root, tick: countdown.tick };
}

function choices(dispositions: readonly Disposition[], chosen: string | null, texts: Texts): HTMLElement {
  const options = dispositions.map(({ id, label, names }) =>
    el('label', { class: 'choice' }, el('input', { type: 'radio', name: 'disposition', value: id, checked: id === chosen }), el('span', {}, names?.[texts.language] ?? label)),
  );
  return el('fieldset', {}, el('legend', {}, texts.wrapUp.disposition), el('div', { class: 'choices' }, ...options));
}

function howItEnded(wrapUp: WrapUp, ui: Ui): string {
  const { texts } = ui;
  const who = wrapUp.context === null ? '' : `${callerName(wrapUp.context, ui)}. `;
  if (wrapUp.ended === null) return who;
  const { notReached } = wrapUp.ended;
  if (notReached !== undefined) {
    const words = texts.callback;
    return `${who}${words.notReached(words.outcomes[notReached.outcome])} ${notReached.againAt === null ? words.last : words.again(timeOfDay(notReached.againAt))}`;
  }
  const time = clock(wrapUp.ended.talkMs);
  const sentence = { caller: texts.wrapUp.byCaller, agent: texts.wrapUp.byAgent, system: texts.wrapUp.bySystem }[wrapUp.ended.by];
  return who + sentence(time);
}

function countdownView(latest: () => WrapUp, ui: Ui, onEnding: () => void) {
  const { texts } = ui;
  const text = el('p', { class: 'wrap-up-left', role: 'timer' });
  const bar = el('progress', { class: 'wrap-up-bar', max: 1, 'aria-hidden': 'true' });
  const more = el('button', { class: 'button button-quiet', type: 'button', 'data-action': 'moreTime' }, texts.wrapUp.more);
  more.addEventListener('click', () => void moreTime(more, ui));
  let isEnding = false;
  const tick = (): void => {
    const { until, since, latest: end } = latest();
    more.hidden = until === null || end === null || until >= end;
    if (until === null) return;
    const left = Math.max(0, until - ui.now());
    text.textContent = texts.wrapUp.left(clock(left + 999));
    bar.value = left / Math.max(1, until - since);
    const wasEnding = isEnding;
    isEnding = left <= FILE_BEFORE_END_MS;
    if (isEnding && !wasEnding) onEnding();
  };
  tick();
  return { text, bar, more, tick };
}

/** It can be asked for again, as long as the queue allows. */
async function moreTime(button: HTMLButtonElement, ui: Ui): Promise<void> {
  if (button.disabled) return;
  button.disabled = true;
  await ui.command({ type: 'moreTime' });
  button.disabled = false;
}
