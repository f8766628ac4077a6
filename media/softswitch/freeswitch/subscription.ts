import type { EventFormat, SwitchEvent } from './event.js';

/** Names the real server knows and this gateway may ask for. Names beyond 13 characters after a wrong prefix still match: SWITCH_EVENT_PLAYBACK_START is PLAYBACK_START. */
const EVENT_NAMES = new Set([
  'CUSTOM', 'CHANNEL_CREATE', 'CHANNEL_DESTROY', 'CHANNEL_STATE', 'CHANNEL_CALLSTATE', 'CHANNEL_ANSWER', 'CHANNEL_HANGUP', 'CHANNEL_HANGUP_COMPLETE',
  'CHANNEL_EXECUTE', 'CHANNEL_EXECUTE_COMPLETE', 'CHANNEL_HOLD', 'CHANNEL_UNHOLD', 'CHANNEL_BRIDGE', 'CHANNEL_UNBRIDGE', 'CHANNEL_PROGRESS',
  'CHANNEL_PROGRESS_MEDIA', 'CHANNEL_OUTGOING', 'CHANNEL_PARK', 'CHANNEL_UNPARK', 'CHANNEL_APPLICATION', 'CHANNEL_ORIGINATE', 'CHANNEL_UUID', 'API', 'LOG',
  'INBOUND_CHAN', 'OUTBOUND_CHAN', 'STARTUP', 'SHUTDOWN', 'PUBLISH', 'UNPUBLISH', 'TALK', 'NOTALK', 'SESSION_CRASH', 'MODULE_LOAD', 'MODULE_UNLOAD', 'DTMF',
  'MESSAGE', 'PRESENCE_IN', 'PRESENCE_OUT', 'CODEC', 'BACKGROUND_JOB', 'DETECTED_SPEECH', 'DETECTED_TONE', 'PRIVATE_COMMAND', 'HEARTBEAT', 'TRAP', 'COMMAND',
  'CALL_UPDATE', 'FAILURE', 'SOCKET_DATA', 'MEDIA_BUG_START', 'MEDIA_BUG_STOP', 'PLAYBACK_START', 'PLAYBACK_STOP', 'RECORD_START', 'RECORD_STOP', 'RE_SCHEDULE', 'RELOADXML',
]);
const IGNORED_PREFIX = 'SWITCH_EVENT_';

/** What one socket asked for with `event`, `nixevent` and `filter`. */
export class Subscription {
  #format: EventFormat = 'plain';
  #wantsAll = false;
  readonly #names = new Set<string>();
  readonly #subclasses = new Set<string>();
  readonly #filters: { readonly header: string; readonly value: string }[] = [];

  get format(): EventFormat {
    return this.#format;
  }

  /** The arguments of `event`: an optional format, then names; everything behind CUSTOM is a subclass. False if no name is known. */
  add(words: readonly string[]): boolean {
    const [first = '', ...others] = words;
    const isFormat = first === 'json' || first === 'plain';
    if (isFormat) this.#format = first;
    const names = isFormat ? others : words;
    const custom = names.findIndex((name) => name.toUpperCase() === 'CUSTOM');
    const plain = (custom < 0 ? names : names.slice(0, custom)).map(knownName).filter((name) => name !== undefined);
    for (const name of plain) this.#names.add(name);
    if (plain.includes('ALL')) this.#wantsAll = true;
    if (custom >= 0) for (const subclass of names.slice(custom + 1)) if (subclass.toUpperCase() !== 'CUSTOM') this.#subclasses.add(subclass);
    return plain.length > 0 || custom >= 0;
  }

  remove(words: readonly string[]): void {
    for (const word of words) {
      this.#names.delete(knownName(word) ?? '');
      this.#subclasses.delete(word);
    }
  }

  clear(): void {
    this.#wantsAll = false;
    this.#names.clear();
    this.#subclasses.clear();
  }

  addFilter(header: string, value: string): void {
    this.#filters.push({ header, value });
  }

  /** Without value all filters on that header go; `all` removes every one. */
  removeFilter(header: string, value: string | undefined): void {
    const kept = this.#filters.filter((filter) => header !== 'all' && (filter.header.toLowerCase() !== header.toLowerCase() || (value !== undefined && filter.value !== value)));
    this.#filters.splice(0, this.#filters.length, ...kept);
  }

  get onlyChannels(): ReadonlySet<string> | undefined {
    if (this.#filters.length === 0 || this.#filters.some((filter) => filter.header.toLowerCase() !== 'unique-id')) return undefined;
    return new Set(this.#filters.map((filter) => filter.value));
  }

  wants(name: string, subclass: string | undefined): boolean {
    if (this.#wantsAll) return true;
    return name === 'CUSTOM' ? this.#subclasses.has(subclass ?? '') : this.#names.has(name);
  }

  /** Several filters are alternatives; without any, all pass. */
  passes(event: SwitchEvent): boolean {
    return this.#filters.length === 0 || this.#filters.some(({ header, value }) => headerOf(event, header)?.includes(value) ?? false);
  }
}

function headerOf(event: SwitchEvent, name: string): string | undefined {
  return event.headers[name] ?? Object.entries(event.headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function knownName(word: string): string | undefined {
  const upper = word.toUpperCase();
  const name = upper.startsWith(IGNORED_PREFIX) ? upper.slice(IGNORED_PREFIX.length) : upper;
  return name === 'ALL' || EVENT_NAMES.has(name) ? name : undefined;
}
