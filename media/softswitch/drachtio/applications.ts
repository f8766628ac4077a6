/** Where the frames of one application go. */
export interface AppLink {
  /** Writes one payload, framed. */
  send(payload: string): void;
  /** Ends the connection after what was written. */
  end(): void;
}

/** One connection of an application. A reconnect is another application: nothing is carried over (the real server does the same). */
export class Application {
  private connected = true;

  constructor(private readonly link: AppLink, readonly tags: readonly string[] = []) {}

  get isConnected(): boolean {
    return this.connected;
  }

  /** Sends a payload; nothing happens once the connection is gone. */
  send(payload: string): void {
    if (this.connected) this.link.send(payload);
  }

  /** Marks the connection as gone. */
  leave(): void {
    this.connected = false;
  }

  end(): void {
    this.link.end();
  }
}

/** Who wants which requests. Selection is round robin over the `route` messages, so an application that sent one twice counts twice. */
export class Applications {
  private readonly members = new Set<Application>();
  private readonly routes = new Map<string, Application[]>();
  private readonly offsets = new Map<string, number>();

  get count(): number {
    return this.members.size;
  }

  join(app: Application): void {
    this.members.add(app);
  }

  /** The connection is gone: its routes end, its dialogs and transactions stay as they are. */
  leave(app: Application): void {
    app.leave();
    this.members.delete(app);
    this.removeRoutes(app);
  }

  /** `verb` is matched in lower case as given: an upper-case one never matches. */
  route(app: Application, verb: string): void {
    this.routes.set(verb, [...(this.routes.get(verb) ?? []), app]);
  }

  /** Whatever verb is named, all of the application's routes go. */
  removeRoutes(app: Application): void {
    for (const [verb, list] of this.routes) this.routes.set(verb, list.filter((other) => other !== app));
  }

  /** The next application for a new request; undefined when nobody wants it. */
  pick(verb: string): Application | undefined {
    const key = verb.toLowerCase();
    const list = this.routes.get(key) ?? [];
    const last = this.offsets.get(key) ?? 0;
    const offset = last < list.length ? last : 0;
    this.offsets.set(key, offset + 1);
    return list[offset];
  }

  endAll(): void {
    for (const app of this.members) app.end();
  }
}
