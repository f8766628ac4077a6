import { callerView, contextView } from './context-view.js';
import { el, ring } from './dom.js';
import { queueName } from './format.js';
import type { OfferEvent } from './state.js';
import { busyWhile, type Ui, type View } from './ui.js';

/** A call presented to the agent: who and why first, then Accept and Decline with the time left, then all the rest. */
export function offerView(offer: OfferEvent, ui: Ui): View {
  const { texts } = ui;
  const hand = ring();
  const startedAt = ui.now();
  const seconds = el('span', { class: 'ring-seconds', 'aria-hidden': 'true' });
  const timer = el('div', { class: 'countdown', role: 'timer' }, hand.root, seconds);
  const tick = (): void => {
    const left = Math.max(0, offer.expiresAt - ui.now());
    hand.show(left / Math.max(1, offer.expiresAt - startedAt));
    const shown = String(Math.ceil(left / 1_000));
    if (seconds.textContent === shown) return;
    seconds.textContent = shown;
    timer.setAttribute('aria-label', texts.offer.secondsLeft(Number(shown)));
  };
  tick();
  const card = el(
    'section',
    { class: 'card card-offer', 'aria-label': texts.offer.eyebrow(queueName(offer.context.queue, texts)) },
    el('div', { class: 'card-top' }, el('p', { class: 'eyebrow' }, texts.offer.eyebrow(queueName(offer.context.queue, texts))), timer),
    callerView(offer.context, ui),
    offer.why === undefined ? null : el('p', { class: 'why' }, texts.offer.why(offer.why[texts.language])),
    actions(offer, ui),
  );
  return { root: el('div', { class: 'call' }, card, contextView(offer.context, ui)), tick };
}

function actions(offer: OfferEvent, ui: Ui): HTMLElement {
  const { texts } = ui;
  const decline = el('button', { class: 'button button-quiet', type: 'button', 'data-action': 'decline', 'aria-keyshortcuts': 'Alt+Shift+D', title: `${texts.keys}: Alt + Shift + D` }, texts.offer.decline);
  const accept = el(
    'button',
    { class: 'button button-accept', type: 'button', 'data-action': 'accept', 'aria-keyshortcuts': 'Alt+Shift+A', title: `${texts.keys}: Alt + Shift + A` },
    texts.offer.accept,
  );
  accept.addEventListener('click', () => {
    decline.disabled = true;
    void busyWhile(accept, texts.offer.connecting, () => ui.command({ type: 'accept', offerId: offer.offerId })).then((outcome) => (decline.disabled = outcome.ok));
  });
  decline.addEventListener('click', () => {
    accept.disabled = true;
    void busyWhile(decline, texts.offer.declining, () => ui.command({ type: 'decline', offerId: offer.offerId })).then((outcome) => (accept.disabled = outcome.ok));
  });
  if (offer.answer === 'phone') return el('div', { class: 'actions' }, el('p', { class: 'lift' }, texts.offer.lift), decline);
  return el('div', { class: 'actions' }, accept, decline);
}
