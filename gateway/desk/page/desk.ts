import type { ServerMessage } from '../../core/screen/messages.js';
import { callerName } from './context-view.js';
import { el } from './dom.js';
import { queueName, words } from './format.js';
import { GoneItems } from './gone-items.js';
import { headerView, type Header } from './header-view.js';
import { itemsPanel, type ItemsPanel } from './items-view.js';
import { Link, type Command, type LinkState, type Outcome, type StopReason } from './link.js';
import { offerView } from './offer-view.js';
import { own } from './own.js';
import { signInView } from './sign-in-view.js';
import { MessagesApi } from './messages-api.js';
import { messagesPanel, type MessagesPanel } from './messages-view.js';
import { OfferSound } from './sound.js';
import { EMPTY, mainOf, reduceDesk, type DeskState, type Main, type Welcome } from './state.js';
import { talkView } from './talk-view.js';
import { chosenLocale, storeLocale, textsFor, textsOf, type Locale } from './texts.js';
import { fetchThread } from './thread-api.js';
import { keepToken } from './token.js';
import type { Ui, View } from './ui.js';
import { waitingView } from './waiting-view.js';
import { wrapUpView } from './wrap-up-view.js';

const TICK_MS = 250;
const SHORTCUTS: Readonly<Record<string, string>> = { KeyA: 'accept', KeyD: 'decline', KeyH: 'hangUp', KeyR: 'ready' };

interface Frame {
  readonly app: HTMLElement;
  readonly announce: HTMLElement;
}

/** The page: keeps the state, draws the part that changed, and passes commands on. */
export class Desk {
  private state: DeskState = EMPTY;
  private link: Link | null = null;
  private linkState: LinkState = 'connecting';
  private token: string | null = null;
  private locale: Locale = chosenLocale();
  private header: Header | null = null;
  private main: HTMLElement | null = null;
  private items: ItemsPanel | null = null;
  private messages: MessagesPanel | null = null;
  private shown: { readonly key: readonly unknown[]; readonly view: View } | null = null;
  private clockOffsetMs: number | null = null;
  private readonly notice = el('div', { class: 'notice', role: 'status' });
  private readonly sound = new OfferSound();
  private readonly goneItems = new GoneItems();
  private isAskingForClick = false;

  constructor(private readonly frame: Frame) {
    window.setInterval(() => {
      this.shown?.view.tick?.();
      this.items?.tick();
    }, TICK_MS);
    document.addEventListener('keydown', (event) => this.onKey(event));
    for (const gesture of ['click', 'keyup']) document.addEventListener(gesture, () => this.onGesture());
  }

  /** Connects with this token; null shows the sign-in form. */
  begin(token: string | null): void {
    this.token = token;
    if (token === null) return this.showSignIn(null);
    this.link?.stop();
    this.state = EMPTY;
    this.header = null;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.link = new Link(
      { url: `${scheme}://${location.host}/v1/screen`, token },
      { onMessage: (message) => this.onMessage(message), onLink: (link) => this.onLink(link), onStopped: (why) => this.onStopped(why) },
    );
    this.frame.app.replaceChildren(el('main', { class: 'rest rest-alone' }, el('p', { role: 'status' }, textsOf(this.locale).link.connecting)));
    this.link.start();
  }

  private onMessage(message: ServerMessage): void {
    if (message.type === 'event') this.learnClock(message.at);
    const before = this.state;
    this.state = reduceDesk(before, message);
    const { welcome } = this.state;
    const isFirst = message.type === 'welcome' && this.header === null;
    if (welcome !== null && (isFirst || (this.header !== null && welcome.agent.phone !== before.welcome?.agent.phone))) this.build(welcome);
    this.draw();
    this.tell(before);
  }

  /** A tab in the background says who waits for the agent. */
  private titleNow(): string {
    const { offer, items } = this.state;
    if (offer !== null) return `● ${callerName(offer.context, this.ui())}`;
    const offered = items.find((one) => one.offer !== null)?.offer;
    return offered === null || offered === undefined ? this.ui().texts.title : `● ${offered.item.title}`;
  }

  /** A replayed event is old, so the largest difference seen is the nearest to the truth. */
  private learnClock(at: number): void {
    const offset = at - Date.now();
    this.clockOffsetMs = this.clockOffsetMs === null ? offset : Math.max(this.clockOffsetMs, offset);
  }

  private build(welcome: Welcome): void {
    const ui = this.ui();
    document.documentElement.lang = this.locale;
    this.header = headerView(welcome, ui, {
      isSoundOn: this.sound.isOn,
      actions: { setSound: (isOn) => this.sound.set(isOn), setLocale: (locale) => this.setLocale(locale) },
    });
    this.main = el('main', { class: 'desk' });
    this.shown = null;
    this.messages?.close();
    this.messages = messagesPanel(new MessagesApi(this.token ?? ''), ui, (text) => this.say(text));
    this.items = itemsPanel(ui);
    this.frame.app.replaceChildren(this.header.root, this.notice, this.items.root, this.main, this.messages.root);
    this.header.showLink(this.linkState);
  }

  private draw(): void {
    const { welcome } = this.state;
    if (welcome === null || this.header === null || this.main === null) return;
    document.title = this.titleNow();
    this.header.show(this.state);
    this.items?.show(this.state.items);
    const main = mainOf(this.state);
    // A message is answered by calling back: an agent who takes no calls has no phone for that.
    this.messages?.show(welcome.agent.phone !== null && main.view === 'waiting' && this.state.agent.phase !== 'reserved');
    const key = keyOf(main, this.state);
    if (this.shown !== null && this.shown.key.length === key.length && key.every((part, index) => part === this.shown?.key[index])) return;
    const view = this.viewOf(main, welcome);
    this.shown = { key, view };
    const hadFocus = document.activeElement === document.body || this.main.contains(document.activeElement);
    this.main.replaceChildren(view.root);
    // The button that had the focus is gone: the keyboard goes on at the new view, not at the top of the page.
    view.root.tabIndex = -1;
    if (hadFocus) view.root.focus({ preventScroll: true });
    document.body.dataset['view'] = main.view;
  }

  private viewOf(main: Main, welcome: Welcome): View {
    const ui = this.ui();
    switch (main.view) {
      case 'offer':
        return offerView(main.offer, ui);
      case 'talk':
        return talkView(main.talk, ui);
      case 'wrapUp':
        return wrapUpView(() => this.state.wrapUp ?? main.wrapUp, welcome.dispositions, ui);
      case 'waiting':
        return waitingView(this.state.agent, welcome, ui);
    }
  }

  /** What changed, in words: for screen readers, for the tab's title, and as a notice when a call slipped away. */
  private tell(before: DeskState): void {
    const { texts } = this.ui();
    const { offer, closed } = this.state;
    if (offer !== null && offer.offerId !== before.offer?.offerId) {
      const { context } = offer;
      const reason = context.statedReason === null ? '' : words(context.statedReason);
      this.frame.announce.textContent = texts.offer.announce(callerName(context, this.ui()), queueName(context.queue, texts), reason);
      this.clearNotice();
      if (offer.answer === 'screen') this.sound.ring();
      else this.sound.play();
    }
    this.tellItems(before);
    if (offer === null && before.offer !== null) {
      this.frame.announce.textContent = '';
      this.sound.quiet();
    }
    if (closed !== null && before.closed === null) this.say(texts.closed[closed]);
    if (this.state.agent.phase !== before.agent.phase && this.state.agent.phase === 'ready') this.clearNotice();
  }

  private tellItems(before: DeskState): void {
    const { texts, now } = this.ui();
    const gone = this.goneItems.between(before.items, this.state.items, now());
    if (gone.length > 0) this.say(gone.map(({ title, written }) => texts.items.gone(title, written)).join(' '));
    for (const { channel, offer } of this.state.items) {
      const known = before.items.find((one) => one.channel === channel)?.offer ?? null;
      if (offer?.offerId === known?.offerId) continue;
      this.frame.announce.textContent = offer === null ? '' : `${texts.items.offered(texts.thread.channel[channel], queueName(offer.item.queue, texts))}: ${offer.item.title}`;
      if (offer !== null) this.sound.play();
    }
  }

  /** Nothing to say, unless the next offer would not be heard. */
  private clearNotice(): void {
    // Ready takes a click by itself.
    this.isAskingForClick = this.sound.isWaitingForClick && this.state.agent.phase !== 'notReady';
    this.say(this.isAskingForClick ? this.ui().texts.header.soundWaits : null);
  }

  private onGesture(): void {
    if (this.isAskingForClick && !this.sound.isWaitingForClick) this.clearNotice();
  }

  private say(text: string | null): void {
    if (text === null) return this.notice.replaceChildren();
    const close = el('button', { class: 'notice-close', type: 'button', 'aria-label': this.ui().texts.dismiss }, '×');
    close.addEventListener('click', () => this.say(null));
    this.notice.replaceChildren(el('p', {}, text), close);
  }

  private onLink(link: LinkState): void {
    const wasDown = this.linkState !== 'open';
    this.linkState = link;
    this.header?.showLink(link);
    document.body.classList.toggle('offline', link !== 'open');
    const { texts } = this.ui();
    if (link === 'waiting') {
      this.sound.quiet();
      this.say(`${texts.link.waiting} ${texts.link.explain}`);
    }
    if (link === 'open' && wasDown) this.clearNotice();
  }

  private onStopped(why: StopReason): void {
    if (why !== 'replaced') keepToken(null);
    this.showSignIn(why);
  }

  private showSignIn(why: StopReason | null): void {
    this.shown = null;
    this.header = null;
    this.sound.quiet();
    this.messages?.close();
    const form = signInView(textsOf(this.locale), why, (token) => {
      if (token !== null) keepToken(token);
      this.begin(token ?? this.token);
    });
    this.frame.app.replaceChildren(form.root);
    form.root.querySelector('input')?.focus();
  }

  private setLocale(locale: Locale): void {
    storeLocale(locale);
    this.locale = locale;
    if (this.state.welcome !== null) this.build(this.state.welcome);
    this.draw();
  }

  private ui(): Ui {
    return {
      texts: textsFor(this.locale, this.state.welcome?.agent.phone !== null),
      // English dates the European way, as the product's customers write them.
      locale: this.locale === 'en' ? 'en-GB' : this.locale,
      now: () => Date.now() + (this.clockOffsetMs ?? 0),
      command: (command) => this.command(command),
      signIn: () => this.begin(this.token),
      loadThread: (of) => fetchThread(of, this.token ?? ''),
    };
  }

  private async command(command: Command): Promise<Outcome> {
    this.goneItems.sending(command);
    const outcome = (await this.link?.send(command)) ?? { ok: false, code: 'LINK', detail: '' };
    if (!outcome.ok) this.goneItems.refused(command);
    const { errors } = this.ui().texts;
    // A choice that a later one replaced is no fault to show.
    if (!outcome.ok && outcome.detail !== 'replaced by a later choice') this.say(own(errors, outcome.code) ?? errors.other);
    return outcome;
  }

  /** Alt + Shift + letter: plain letters would fire while the agent types a note. */
  private onKey(event: KeyboardEvent): void {
    const action = event.altKey && event.shiftKey ? own(SHORTCUTS, event.code) : undefined;
    if (action === undefined) return;
    // A caller waits at the phone: the call in the middle goes before work that stands above it, also where nothing here answers it.
    const main = mainOf(this.state);
    if (action === 'accept' && main.view === 'offer' && main.offer.answer === 'phone') {
      event.preventDefault();
      this.frame.announce.textContent = this.ui().texts.offer.lift;
      return;
    }
    const sought = `button[data-action="${action}"]`;
    const button = document.querySelector<HTMLButtonElement>(`main ${sought}`) ?? document.querySelector<HTMLButtonElement>(sought);
    if (button === null) return;
    event.preventDefault();
    button.click();
  }
}

/** What the middle depends on: it is drawn anew when one of these changed, so that typed text and focus stay otherwise. */
function keyOf(main: Main, state: DeskState): readonly unknown[] {
  switch (main.view) {
    case 'offer':
      return ['offer', main.offer.offerId, main.offer.context.otherCalls];
    case 'talk':
      return ['talk', main.talk.callId, main.talk.context];
    case 'wrapUp':
      return ['wrapUp', main.wrapUp.callId, main.wrapUp.ended?.talkMs];
    case 'waiting':
      return ['waiting', state.agent.phase, 'since' in state.agent ? state.agent.since : 0];
  }
}
