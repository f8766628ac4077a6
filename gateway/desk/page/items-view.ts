import type { ItemsEvent, ScreenItem } from '../../core/screen/items.js';
import { el, icon } from './dom.js';
import { draftOf, keptText } from './draft.js';
import { moment, queueName } from './format.js';
import { busyWhile, type Ui } from './ui.js';

export interface ItemsPanel {
  readonly root: HTMLElement;
  /** All that the agent has, of every channel. A row stays as it is while the agent writes in it. */
  show(items: readonly ItemsEvent[]): void;
  tick(): void;
}

interface Row {
  readonly root: HTMLElement;
  tick?(): void;
}

const ICONS = { chat: 'chat', email: 'email', case: 'note' } as const;

/** Work of other channels: what is offered with the time left, then what is open. */
export function itemsPanel(ui: Ui): ItemsPanel {
  const list = el('ol', { class: 'message-list' });
  const root = el('section', { class: 'messages items', 'aria-label': ui.texts.items.heading, hidden: true }, el('h2', {}, ui.texts.items.heading), list);
  let rows = new Map<string, Row>();
  return {
    root,
    show: (items) => {
      const offers = items.flatMap(({ offer }) => (offer === null ? [] : [{ key: offer.offerId, make: () => offerRow(offer, ui) }]));
      const open = items.flatMap((event) => event.open.map((item) => ({ key: item.itemId, make: () => openRow(item, ui) })));
      rows = new Map([...offers, ...open].map(({ key, make }) => [key, rows.get(key) ?? make()]));
      // Moving a row would take the focus from what is written in it.
      for (const child of [...list.children]) if (![...rows.values()].some((row) => row.root === child)) child.remove();
      [...rows.values()].forEach((row, at) => list.children[at] !== row.root && list.insertBefore(row.root, list.children[at] ?? null));
      root.hidden = rows.size === 0;
    },
    tick: () => {
      for (const row of rows.values()) row.tick?.();
    },
  };
}

function offerRow(offer: NonNullable<ItemsEvent['offer']>, ui: Ui): Row {
  const { texts } = ui;
  const left = el('span', { class: 'ring-seconds', role: 'timer' });
  const tick = (): void => {
    const seconds = Math.max(0, Math.ceil((offer.expiresAt - ui.now()) / 1_000));
    if (left.textContent !== texts.offer.secondsLeft(seconds)) left.textContent = texts.offer.secondsLeft(seconds);
  };
  tick();
  const accept = el('button', { class: 'button button-accept', type: 'button', 'data-action': 'accept' }, texts.items.accept);
  const decline = el('button', { class: 'button button-quiet', type: 'button', 'data-action': 'decline' }, texts.offer.decline);
  accept.addEventListener('click', () => void busyWhile(accept, texts.items.accepting, () => ui.command({ type: 'accept', offerId: offer.offerId })));
  decline.addEventListener('click', () => void busyWhile(decline, texts.offer.declining, () => ui.command({ type: 'decline', offerId: offer.offerId })));
  const eyebrow = texts.items.offered(texts.thread.channel[offer.item.channel], queueName(offer.item.queue, texts));
  const root = el('li', { class: 'message item-offer', 'aria-label': eyebrow }, mark(offer.item), el('div', { class: 'message-body' }, el('p', { class: 'entry-head' }, el('strong', {}, eyebrow), left), about(offer.item, ui), el('div', { class: 'actions' }, accept, decline)));
  return { root, tick };
}

function openRow(item: ScreenItem, ui: Ui): Row {
  const { texts } = ui;
  const draft = draftOf<string>(item.itemId);
  const note = keptText(el('textarea', { id: `note-${item.itemId}`, rows: 1, maxlength: 4_000 }), draft);
  const done = el('button', { class: 'button button-primary', type: 'submit' }, texts.wrapUp.done);
  const form = el('form', { class: 'message-form' }, el('label', { for: `note-${item.itemId}` }, `${texts.messages.note} (${texts.wrapUp.optional})`), note, done);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void busyWhile(done, texts.wrapUp.saving, () => ui.command({ type: 'done', itemId: item.itemId, note: note.value })).then((outcome) => (outcome.ok ? draft.forget() : undefined));
  });
  const eyebrow = `${texts.thread.channel[item.channel]} · ${queueName(item.queue, texts)}`;
  return { root: el('li', { class: 'message item-open' }, mark(item), el('div', { class: 'message-body' }, el('p', { class: 'entry-head' }, eyebrow), about(item, ui), form)) };
}

const mark = (item: ScreenItem): HTMLElement => el('span', { class: 'entry-icon' }, icon(ICONS[item.channel]));

function about(item: ScreenItem, ui: Ui): HTMLElement {
  const { texts } = ui;
  const facts = [item.customer, item.createdAt === 0 ? null : moment(item.createdAt, ui.now(), ui)].filter((fact) => fact !== null);
  // The other system opens beside the desk, and learns nothing of it.
  const link = item.link === null ? null : el('a', { class: 'link', href: item.link, target: '_blank', rel: 'noopener noreferrer' }, texts.items.open);
  return el('div', {}, el('p', { class: 'item-title' }, item.title), el('p', { class: 'quiet' }, facts.join(' · ')), link);
}
