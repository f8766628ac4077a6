import type { CallContext } from '../../core/screen/context.js';
import type { Texts } from './texts-en.js';
import type { Command, Outcome } from './link.js';

/** What every view gets. */
export interface Ui {
  readonly texts: Texts;
  readonly locale: string;
  /** The gateway's time, epoch ms: the agent's own clock may be wrong. */
  now(): number;
  /** Sends a command; a refusal shows as a notice by itself. */
  command(command: Command): Promise<Outcome>;
  /** Signs in anew, as the same agent. */
  signIn(): void;
  loadThread(of: { readonly customer: string | null; readonly number: string | null }): Promise<readonly ThreadRow[] | null>;
}

export type ThreadRow = CallContext['thread'][number];

/** A part of the page. `tick` runs a few times a second for clocks and countdowns only. */
export interface View {
  readonly root: HTMLElement;
  tick?(): void;
}

/** Disables a button and shows what it is doing until the command is answered; a refused one can be pressed again. */
export async function busyWhile(button: HTMLButtonElement, label: string, work: () => Promise<Outcome>): Promise<Outcome> {
  if (button.disabled) return { ok: false, code: 'LINK', detail: 'already under way' };
  const text = button.querySelector('.label') ?? button;
  const before = text.textContent;
  button.disabled = true;
  button.classList.add('busy');
  text.textContent = label;
  const outcome = await work();
  if (!outcome.ok) {
    button.disabled = false;
    button.classList.remove('busy');
    text.textContent = before;
  }
  return outcome;
}
