import type { VoiceMessage } from '../../core/thread/voice-message.js';
import { el, icon } from './dom.js';
import { draftOf, keptText } from './draft.js';
import { clock, moment, phoneNumber, words } from './format.js';
import type { MessagesApi } from './messages-api.js';
import { own } from './own.js';
import { busyWhile, type Ui } from './ui.js';

const LOOK_EVERY_MS = 20_000;

export interface MessagesPanel {
  readonly root: HTMLElement;
  /** Shown while the agent has no call; what plays stops when one comes. */
  show(isShown: boolean): void;
  /** No more asking. */
  close(): void;
}

/** Messages that wait for a call back: play, and done with a note. A row stays as it is while the agent writes. */
export function messagesPanel(api: MessagesApi, ui: Ui, say: (text: string) => void): MessagesPanel {
  const { texts } = ui;
  const count = el('span', { class: 'chip' });
  const list = el('ol', { class: 'message-list' });
  const root = el('section', { class: 'messages', 'aria-labelledby': 'messages-heading', hidden: true }, el('h2', { id: 'messages-heading' }, texts.messages.heading, ' ', count), list);
  const rows = new Map<string, HTMLElement>();
  let isShown = false;

  const draw = (open: readonly VoiceMessage[]): void => {
    for (const [id, row] of rows) {
      if (open.some((message) => message.id === id)) continue;
      row.remove();
      rows.delete(id);
    }
    for (const message of open) {
      if (rows.has(message.id)) continue;
      const row = rowView(message, { api, ui, say, refresh });
      rows.set(message.id, row);
      list.append(row);
    }
    count.textContent = String(rows.size);
    root.hidden = !isShown || rows.size === 0;
  };
  const refresh = async (): Promise<void> => {
    const open = await api.open();
    // The gateway is away: what is known stays.
    if (open !== null) draw(open);
  };
  const timer = window.setInterval(() => (isShown ? void refresh() : undefined), LOOK_EVERY_MS);
  return {
    root,
    show: (shown) => {
      const isNew = shown && !isShown;
      isShown = shown;
      root.hidden = !isShown || rows.size === 0;
      if (!shown) for (const audio of root.querySelectorAll('audio')) audio.pause();
      if (isNew) void refresh();
    },
    close: () => window.clearInterval(timer),
  };
}

interface Around {
  readonly api: MessagesApi;
  readonly ui: Ui;
  /** Shows a notice of the page: a row may be gone by then. */
  say(text: string): void;
  refresh(): Promise<void>;
}

function rowView(message: VoiceMessage, around: Around): HTMLElement {
  const { ui } = around;
  const { texts } = ui;
  const number = message.number === null ? texts.caller.hidden : phoneNumber(message.number);
  const who = message.customer?.name ?? number;
  return el(
    'li',
    { class: 'message' },
    el('span', { class: 'entry-icon' }, icon('said')),
    el(
      'div',
      { class: 'message-body' },
      el(
        'p',
        { class: 'entry-head' },
        el('strong', {}, who),
        message.customer === null ? null : el('span', {}, number),
        el('time', { datetime: new Date(message.at).toISOString() }, moment(message.at, ui.now(), ui)),
        el('span', {}, clock(message.durationMs)),
        el('span', {}, texts.caller.language[message.language]),
        message.reason === null ? null : el('span', { class: 'tag' }, words(message.reason)),
      ),
      playView(message, who, around),
      doneView(message, who, around),
    ),
  );
}

/** The sound is fetched when it is asked for: an audio element cannot send the token. */
function playView({ id }: VoiceMessage, who: string, { api, ui }: Around): HTMLElement {
  const { texts } = ui;
  const problem = el('p', { class: 'message-problem', role: 'status' });
  const play = el('button', { class: 'button', type: 'button', 'data-action': 'play', 'aria-label': texts.messages.playFrom(who) }, icon('said'), el('span', { class: 'label' }, texts.messages.play));
  const root = el('div', { class: 'message-sound' }, play, problem);
  const load = async (): Promise<void> => {
    play.disabled = true;
    problem.textContent = '';
    const sound = await api.sound(id);
    play.disabled = false;
    if (sound === null) return void (problem.textContent = texts.messages.unplayable);
    const audio = el('audio', { controls: true, src: sound, 'aria-label': texts.messages.playFrom(who) });
    audio.addEventListener('loadeddata', () => URL.revokeObjectURL(sound), { once: true });
    play.replaceWith(audio);
    // A browser that wants a second click shows the controls all the same.
    audio.play().catch(() => audio.focus());
  };
  play.addEventListener('click', () => void load());
  return root;
}

function doneView({ id }: VoiceMessage, who: string, { api, ui, say, refresh }: Around): HTMLElement {
  const { texts } = ui;
  const field = `note-${id}`;
  const draft = draftOf<string>(id);
  const note = keptText(el('textarea', { id: field, rows: 2, maxlength: 4_000 }), draft);
  const done = el('button', { class: 'button button-primary', type: 'submit', 'data-action': 'messageDone', 'aria-label': texts.messages.doneWith(who) }, texts.wrapUp.done);
  const form = el('form', { class: 'message-form' }, el('label', { for: field }, `${texts.messages.note} `, el('span', { class: 'quiet' }, `(${texts.wrapUp.optional})`)), note, done);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void busyWhile(done, texts.wrapUp.saving, () => api.done(id, note.value.trim())).then(async (outcome) => {
      if (outcome.ok) draft.forget();
      else say(own(texts.errors, outcome.code) ?? texts.errors.other);
      await refresh();
    });
  });
  return form;
}
