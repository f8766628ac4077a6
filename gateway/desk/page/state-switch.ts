import { el } from './dom.js';
import { words } from './format.js';
import { own } from './own.js';
import type { AgentState } from './state.js';
import type { Ui } from './ui.js';

export interface StateSwitch {
  readonly root: HTMLElement;
  show(agent: AgentState): void;
}

type Wish = { readonly kind: 'ready' } | { readonly kind: 'notReady'; readonly reason: string };

/** Ready / Not ready with its reasons. A choice shows as pending until the gateway confirms it; the last choice wins. */
export function stateSwitch(reasons: readonly string[], ui: Ui): StateSwitch {
  const { texts } = ui;
  const label = (reason: string): string => own(texts.reasons, reason) ?? words(reason);
  const ready = el('button', { class: 'switch-part', type: 'button', 'data-action': 'ready' }, el('span', { class: 'dot' }), el('span', { class: 'label' }, texts.state.ready));
  const opener = el(
    'button',
    { class: 'switch-part', type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'data-action': 'notReady' },
    el('span', { class: 'dot' }),
    el('span', { class: 'label' }, texts.state.notReady),
    el('span', { class: 'caret', 'aria-hidden': 'true' }, '▾'),
  );
  const menu = reasonMenu(opener, { heading: texts.state.chooseReason, items: reasons.map((reason) => ({ reason, label: label(reason) })), onChoose: (reason) => void choose({ kind: 'notReady', reason }) });
  const badge = el('span', { class: 'badge', role: 'status' });
  let agent: AgentState = { phase: 'loggedOut' };
  let wish: Wish | null = null;

  const draw = (): void => {
    ready.setAttribute('aria-pressed', String(agent.phase === 'ready' || agent.phase === 'blocked'));
    opener.setAttribute('aria-pressed', String(agent.phase === 'notReady'));
    ready.classList.toggle('pending', wish?.kind === 'ready');
    opener.classList.toggle('pending', wish?.kind === 'notReady');
    const openerLabel = opener.querySelector('.label');
    if (openerLabel !== null) openerLabel.textContent = agent.phase === 'notReady' ? label(agent.reason) : texts.state.notReady;
    const isBusy = agent.phase === 'reserved' || agent.phase === 'talking' || agent.phase === 'wrapUp' || agent.phase === 'blocked';
    badge.hidden = !isBusy;
    ready.disabled = opener.disabled = agent.phase === 'loggedOut';
    badge.className = `badge badge-${agent.phase}`;
    badge.textContent = !isBusy ? '' : wish?.kind === 'notReady' ? texts.state.after(label(wish.reason)) : texts.state[agent.phase];
  };
  const choose = async (next: Wish): Promise<void> => {
    wish = next;
    draw();
    const outcome = await ui.command(next.kind === 'ready' ? { type: 'ready' } : { type: 'notReady', reason: next.reason });
    // A newer choice is on its way: its own answer decides.
    if (wish !== next) return;
    const isForLater = next.kind === 'notReady' && outcome.ok && agent.phase !== 'notReady' && agent.phase !== 'ready' && agent.phase !== 'blocked';
    if (!isForLater) wish = null;
    draw();
  };
  ready.addEventListener('click', () => void choose({ kind: 'ready' }));
  draw();
  return {
    root: el('div', { class: 'switch', role: 'group', 'aria-label': texts.state.label }, badge, ready, el('div', { class: 'menu-anchor' }, opener, menu)),
    show: (next) => {
      agent = next;
      if (agent.phase === 'notReady' || agent.phase === 'loggedOut') wish = null;
      draw();
    },
  };
}

interface MenuOptions {
  readonly heading: string;
  readonly items: readonly { readonly reason: string; readonly label: string }[];
  readonly onChoose: (reason: string) => void;
}

/** A menu button as the ARIA practices describe it: arrows move, Escape closes and gives the focus back. */
function reasonMenu(opener: HTMLButtonElement, options: MenuOptions): HTMLElement {
  const items = options.items.map(({ reason, label }) => el('button', { class: 'menu-item', type: 'button', role: 'menuitem', tabindex: -1, 'data-reason': reason }, label));
  const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': options.heading, hidden: true }, el('p', { class: 'menu-heading', 'aria-hidden': 'true' }, options.heading), ...items);
  const close = (shouldRefocus: boolean): void => {
    if (menu.hidden) return;
    menu.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', onOutside);
    if (shouldRefocus) opener.focus();
  };
  const onOutside = (event: Event): void => {
    if (event.target instanceof Node && !menu.contains(event.target) && !opener.contains(event.target)) close(false);
  };
  const open = (): void => {
    menu.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', onOutside);
    items[0]?.focus();
  };
  opener.addEventListener('click', () => (menu.hidden ? open() : close(true)));
  menu.addEventListener('keydown', (event) => {
    const at = items.findIndex((item) => item === document.activeElement);
    const to = own({ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }, event.key);
    if (event.key === 'Escape') close(true);
    if (event.key === 'Tab') close(false);
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  });
  items.forEach((item, index) =>
    item.addEventListener('click', () => {
      close(true);
      options.onChoose(options.items[index]?.reason ?? '');
    }),
  );
  return menu;
}
