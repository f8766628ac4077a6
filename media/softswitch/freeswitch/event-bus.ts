import type { SwitchEvent } from './event.js';

/** Somebody who wants events: a socket with its subscriptions and filters. */
export interface EventListener {
  wants(name: string, subclass: string | undefined): boolean;
  /** The only channels it lets through, if all its filters are of that kind. */
  readonly onlyChannels: ReadonlySet<string> | undefined;
  deliver(event: SwitchEvent): void;
}

export interface EventSubject {
  readonly name: string;
  readonly subclass?: string;
  /** The channel it is about. */
  readonly uuid?: string;
}

/**
 * Hands events to sockets. An event is put together only if somebody wants it, and sockets that look at one channel are found by that
 * channel: with a thousand calls, each with a socket of its own, asking all of them for every event would cost more than the calls.
 */
export class EventBus {
  readonly #general = new Set<EventListener>();
  readonly #byChannel = new Map<string, Set<EventListener>>();

  add(listener: EventListener): void {
    const channels = listener.onlyChannels;
    if (channels === undefined) this.#general.add(listener);
    else for (const uuid of channels) this.#listenersOf(uuid).add(listener);
  }

  remove(listener: EventListener): void {
    this.#general.delete(listener);
    for (const [uuid, listeners] of this.#byChannel) if (listeners.delete(listener) && listeners.size === 0) this.#byChannel.delete(uuid);
  }

  publish(subject: EventSubject, build: () => SwitchEvent): void {
    let event: SwitchEvent | undefined;
    const offer = (listener: EventListener): void => {
      if (listener.wants(subject.name, subject.subclass)) listener.deliver((event ??= build()));
    };
    for (const listener of this.#general) offer(listener);
    if (subject.uuid !== undefined) for (const listener of this.#byChannel.get(subject.uuid) ?? []) offer(listener);
  }

  #listenersOf(uuid: string): Set<EventListener> {
    const known = this.#byChannel.get(uuid);
    if (known !== undefined) return known;
    const fresh = new Set<EventListener>();
    this.#byChannel.set(uuid, fresh);
    return fresh;
  }
}
