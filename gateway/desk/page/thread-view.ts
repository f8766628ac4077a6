import type { CallContext } from '../../core/screen/context.js';
import { el, icon } from './dom.js';
import { moment, words } from './format.js';
import { own } from './own.js';
import type { Texts } from './texts-en.js';
import { summaryText } from './told.js';
import type { ThreadRow, Ui } from './ui.js';

/** The customer's contacts in all channels, newest first. When the store was slow, says so and offers to ask again. */
export function threadView(context: CallContext, ui: Ui): HTMLElement {
  const root = el('div', { class: 'thread' });
  const show = (rows: readonly ThreadRow[]): void => {
    root.replaceChildren(rows.length === 0 ? el('p', { class: 'quiet' }, ui.texts.thread.empty) : el('ol', { class: 'thread-list' }, ...rows.map((row) => rowView(row, ui))));
  };
  if (context.isThreadComplete) show(context.thread);
  else root.append(incompleteView(context, ui, show));
  return root;
}

function incompleteView(context: CallContext, ui: Ui, show: (rows: readonly ThreadRow[]) => void): HTMLElement {
  const { texts } = ui;
  const said = el('p', {}, texts.thread.incomplete);
  const load = el('button', { class: 'button', type: 'button' }, texts.thread.load);
  const { customer, number } = context.caller;
  load.addEventListener('click', () => {
    load.disabled = true;
    load.textContent = texts.thread.loading;
    void ui.loadThread({ customer: customer?.id ?? null, number }).then((rows) => {
      if (rows !== null) return show(rows);
      said.textContent = texts.thread.failed;
      load.disabled = false;
      load.textContent = texts.thread.load;
    });
  });
  return el('div', { class: 'incomplete', role: 'status' }, said, customer === null && number === null ? null : load);
}

function rowView(row: ThreadRow, ui: Ui): HTMLElement {
  const { texts } = ui;
  const at = Date.parse(row.at);
  return el(
    'li',
    { class: `entry entry-${row.channel}` },
    el('span', { class: 'entry-icon' }, icon(row.channel)),
    el(
      'div',
      { class: 'entry-body' },
      el(
        'p',
        { class: 'entry-head' },
        el('strong', {}, texts.thread.channel[row.channel]),
        el('time', { datetime: row.at }, moment(at, ui.now(), ui)),
        row.agent === null ? null : el('span', {}, texts.thread.with(row.agent)),
      ),
      el('p', { class: 'entry-summary' }, summaryText(row, ui)),
      row.note === null ? null : el('blockquote', {}, row.note),
      row.reason === null && row.result === null
        ? null
        : el('p', { class: 'tags' }, row.reason === null ? null : el('span', { class: 'tag' }, words(row.reason)), row.result === null ? null : el('span', { class: 'tag tag-result' }, row.resultNames?.[texts.language] ?? resultText(row.result, texts))),
    ),
  );
}

/** `completed/agent-hung-up` is for machines: the outcome in front is enough here. */
function resultText(result: string, { thread }: Texts): string {
  const outcome = result.split('/', 1)[0] ?? result;
  return own(thread.results, outcome) ?? words(outcome);
}
