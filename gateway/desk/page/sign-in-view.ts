import { brandMark, el } from './dom.js';
import type { StopReason } from './link.js';
import type { Texts } from './texts-en.js';

export interface SignInView {
  readonly root: HTMLElement;
}

/** The way in: a token, or the button that takes the desk back from another window. */
export function signInView(texts: Texts, why: StopReason | null, onToken: (token: string | null) => void): SignInView {
  const message = why === null ? null : { signedOut: texts.signIn.signedOut, refused: texts.signIn.refused, replaced: texts.signIn.replaced }[why];
  const notice = message === null ? null : el('p', { class: why === 'refused' ? 'sign-in-notice bad' : 'sign-in-notice', role: 'alert' }, message);
  const frame = (...children: (Node | null)[]): HTMLElement =>
    el('main', { class: 'sign-in' }, el('div', { class: 'sign-in-card' }, el('div', { class: 'brand' }, brandMark(), el('span', {}, 'Växel')), notice, ...children.filter((child) => child !== null)));
  if (why === 'replaced') {
    const here = el('button', { class: 'button button-primary', type: 'button', 'data-action': 'useHere' }, texts.signIn.here);
    here.addEventListener('click', () => onToken(null));
    return { root: frame(here) };
  }
  const input = el('input', { id: 'token', name: 'token', type: 'password', autocomplete: 'current-password', required: true, maxlength: 512, spellcheck: 'false' });
  const form = el(
    'form',
    {},
    el('h1', {}, texts.signIn.heading),
    el('p', { class: 'quiet' }, texts.signIn.lead),
    el('label', { for: 'token' }, texts.signIn.token),
    input,
    el('button', { class: 'button button-primary', type: 'submit' }, texts.signIn.submit),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (token !== '') onToken(token);
  });
  return { root: frame(form) };
}
