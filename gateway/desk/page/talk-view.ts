import { callerView, contextView } from './context-view.js';
import { el } from './dom.js';
import { clock, queueName } from './format.js';
import type { Talk } from './state.js';
import { busyWhile, type Ui, type View } from './ui.js';

/** The call under way. The sound is on the phone: closing this page ends nothing. */
export function talkView(talk: Talk, ui: Ui): View {
  const { texts } = ui;
  const timer = el('p', { class: 'talk-timer', role: 'timer' });
  const tick = (): void => {
    timer.textContent = clock(ui.now() - talk.since);
  };
  tick();
  // At the top, where the wrap-up has nothing to press: the second click of a double click must not choose a result, nor that of Accept hang up.
  const hangUp = el('button', { class: 'button button-hang-up', type: 'button', 'data-action': 'hangUp', 'aria-keyshortcuts': 'Alt+Shift+H', title: `${texts.keys}: Alt + Shift + H` }, texts.talk.hangUp);
  hangUp.addEventListener('click', () => void busyWhile(hangUp, texts.talk.hangingUp, () => ui.command({ type: 'hangUp', callId: talk.callId })));
  const { context } = talk;
  const eyebrow = context === null ? texts.talk.eyebrowPlain : texts.talk.eyebrow(queueName(context.queue, texts));
  const card = el(
    'section',
    { class: 'card card-talk', 'aria-label': eyebrow },
    el('div', { class: 'card-top' }, el('p', { class: 'eyebrow' }, el('span', { class: 'live-dot' }), eyebrow), el('div', { class: 'talk-end' }, timer, hangUp)),
    context === null ? null : callerView(context, ui),
  );
  return { root: el('div', { class: 'call' }, card, context === null ? null : contextView(context, ui)), tick };
}
