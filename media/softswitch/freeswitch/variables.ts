export interface Variable {
  readonly name: string;
  /** Its name in events. */
  readonly header: string;
  readonly value: string;
}

/** Channel or global variables: names differ only by more than case, and each is given back as it was first written. */
export class Variables {
  readonly #entries = new Map<string, Variable>();

  get(name: string): string | undefined {
    return this.#entries.get(name.toLowerCase())?.value;
  }

  /** An empty value removes the variable, as the real server does. */
  set(name: string, value: string): void {
    if (value === '') this.#entries.delete(name.toLowerCase());
    else this.#entries.set(name.toLowerCase(), { name, header: `variable_${name}`, value });
  }

  isTrue(name: string): boolean {
    return ['true', 'yes', 'on', '1', 't', 'y', 'enabled', 'active', 'allow'].includes(this.get(name)?.toLowerCase() ?? '');
  }

  all(): IterableIterator<Variable> {
    return this.#entries.values();
  }

  /** Replaces `${name}`; an unknown name becomes nothing. */
  expand(text: string): string {
    return text.replace(/\$\{([^{}]+)\}/g, (_whole, name: string) => this.get(name) ?? '');
  }
}
