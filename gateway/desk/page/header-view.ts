import { brandMark, el, icon } from './dom.js';
import { address } from './format.js';
import type { LinkState } from './link.js';
import { stateSwitch } from './state-switch.js';
import type { DeskState, Welcome } from './state.js';
import { LOCALES, textsOf, type Locale } from './texts.js';
import type { Ui } from './ui.js';

export interface HeaderActions {
  setSound(isOn: boolean): void;
  setLocale(locale: Locale): void;
}

export interface Header {
  readonly root: HTMLElement;
  show(state: DeskState): void;
  showLink(link: LinkState): void;
}

/** Who is signed in, the state switch, the connection, and the few settings. */
export function headerView(welcome: Welcome, ui: Ui, settings: { readonly isSoundOn: boolean; readonly actions: HeaderActions }): Header {
  const { texts } = ui;
  const connection = el('span', { class: 'connection', role: 'status' }, texts.link.open);
  const toggle = stateSwitch(welcome.notReadyReasons, ui);
  const leave = el('button', { class: 'tool', type: 'button', 'data-action': 'signOut', title: texts.header.signOut, 'aria-label': texts.header.signOut }, icon('leave'));
  leave.addEventListener('click', () => void ui.command({ type: 'signOut' }));
  const root = el(
    'header',
    { class: 'bar' },
    el('div', { class: 'brand' }, brandMark(), el('span', {}, 'Växel')),
    el(
      'div',
      { class: 'who' },
      el('p', { class: 'who-name' }, welcome.agent.name),
      welcome.agent.phone === null ? null : el('p', { class: 'who-phone' }, el('span', { class: 'unseen' }, `${texts.header.phone}: `), address(welcome.agent.phone)),
    ),
    toggle.root,
    el('div', { class: 'tools' }, connection, soundToggle(ui, settings), languageChoice(ui, settings.actions), leave),
  );
  return {
    root,
    show: (state) => toggle.show(state.agent),
    showLink: (link) => {
      connection.className = `connection connection-${link}`;
      connection.textContent = texts.link[link];
    },
  };
}

function soundToggle({ texts }: Ui, settings: { readonly isSoundOn: boolean; readonly actions: HeaderActions }): HTMLElement {
  let isOn = settings.isSoundOn;
  const button = el('button', { class: 'tool', type: 'button', 'data-action': 'sound' });
  const show = (): void => {
    const label = isOn ? texts.header.soundOn : texts.header.soundOff;
    button.replaceChildren(icon(isOn ? 'bell' : 'bellOff'));
    button.title = label;
    button.setAttribute('aria-label', label);
    button.setAttribute('aria-pressed', String(isOn));
  };
  button.addEventListener('click', () => {
    isOn = !isOn;
    settings.actions.setSound(isOn);
    show();
  });
  show();
  return button;
}

function languageChoice(ui: Ui, actions: HeaderActions): HTMLElement {
  const select = el(
    'select',
    { class: 'tool-select', 'aria-label': ui.texts.header.language },
    ...LOCALES.map((locale) => el('option', { value: locale, selected: ui.locale.startsWith(locale), lang: locale }, textsOf(locale).languageName)),
  );
  select.addEventListener('change', () => {
    const locale = LOCALES.find((candidate) => candidate === select.value);
    if (locale !== undefined) actions.setLocale(locale);
  });
  return select;
}

