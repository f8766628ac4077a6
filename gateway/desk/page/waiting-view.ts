import { el } from './dom.js';
import { address, clock } from './format.js';
import { own } from './own.js';
import type { AgentState, Welcome } from './state.js';
import { busyWhile, type Ui, type View } from './ui.js';

/** Nothing to do: says whether work comes, and if not, why and how to change that. */
export function waitingView(agent: AgentState, welcome: Welcome, ui: Ui): View {
  switch (agent.phase) {
    case 'ready':
      return readyView(agent.since, welcome, ui);
    case 'notReady':
      return notReadyView(agent, ui);
    case 'blocked':
      return { root: el('section', { class: 'rest' }, el('h1', {}, ui.texts.waiting.blockedHeading), el('p', {}, ui.texts.waiting.blockedText)) };
    case 'loggedOut':
      return signedOutView(ui);
    default:
      return {
        root: el('section', { class: 'rest rest-ready' }, el('div', { class: 'orb' }, el('span', {})), el('h1', {}, ui.texts.waiting.coming), el('p', {}, ui.texts.waiting.comingText)),
      };
  }
}

/** Not by the agent, who would not be here any more. */
function signedOutView({ texts, signIn }: Ui): View {
  const again = el('button', { class: 'button button-primary', type: 'button', 'data-action': 'signInAgain' }, texts.waiting.signInAgain);
  again.addEventListener('click', signIn);
  return { root: el('section', { class: 'rest' }, el('div', { class: 'orb' }, el('span', {})), el('h1', {}, texts.waiting.signedOutHeading), el('p', {}, texts.waiting.signedOutText), again) };
}

function readyView(since: number, welcome: Welcome, ui: Ui): View {
  const { texts } = ui;
  const { phone } = welcome.agent;
  const timer = el('span', { class: 'rest-since' });
  const tick = (): void => {
    timer.textContent = texts.waiting.since(clock(ui.now() - since));
  };
  tick();
  const root = el(
    'section',
    { class: 'rest rest-ready' },
    el('div', { class: 'orb' }, el('span', {})),
    el('h1', {}, texts.waiting.readyHeading, ' ', timer),
    el('p', {}, phone === null ? texts.waiting.readyText : `${texts.waiting.readyText} ${texts.waiting.readyPhone(address(phone))}`),
  );
  return { root, tick };
}

function notReadyView(agent: Extract<AgentState, { phase: 'notReady' }>, ui: Ui): View {
  const { texts } = ui;
  const timer = el('span', { class: 'rest-since' });
  const tick = (): void => {
    timer.textContent = texts.waiting.since(clock(ui.now() - agent.since));
  };
  tick();
  const ready = el('button', { class: 'button button-primary', type: 'button', 'data-action': 'getReady' }, texts.waiting.becomeReady);
  ready.addEventListener('click', () => void busyWhile(ready, texts.waiting.becoming, () => ui.command({ type: 'ready' })));
  const why = own({ rona: texts.waiting.ronaText, screenLost: texts.waiting.screenLostText }, agent.reason) ?? texts.waiting.notReadyText;
  const root = el(
    'section',
    { class: 'rest' },
    el('div', { class: 'orb' }, el('span', {})),
    el('h1', {}, texts.waiting.notReadyHeading, ' ', timer),
    el('p', {}, why),
    ready,
  );
  return { root, tick };
}
