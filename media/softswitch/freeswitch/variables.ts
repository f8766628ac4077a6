/** Channel or global variables: names differ only by more than case, and each is given back as it was first written. */
export class Variables {
  readonly #entries = new Map<string, { readonly name: string; readonly value: string }>();

  get(name: string): string | undefined {
    return this.#entries.get(name.toLowerCase())?.value;
  }

  /** An empty value removes the variable, as the real server does. */
  set(name: string, value: string): void {
    if (value === '') this.#entries.delete(name.toLowerCase());
    else this.#entries.set(name.toLowerCase(), { name, value });
  }

  isTrue(name: string): boolean {
    return ['true', 'yes', 'on', '1', 't', 'y', 'enabled', 'active', 'allow'].includes(this.get(name)?.toLowerCase() ?? '');
  }

  *entries(): IterableIterator<readonly [string, string]> {
    for (const { name, value } of this.#entries.values()) yield [name, value];
  }

  /** Replaces `${name}`; an unknown name becomes nothing. */
  expand(text: string): string {
    return text.replace(/\$\{([^{}]+)\}/g, (_whole, name: string) => this.get(name) ?? '');
  }
}
