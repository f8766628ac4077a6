/** What an agent has typed and not sent: it outlives a reload and a change of language, not the tab. */
export interface Draft<T> {
  /** What was kept; null when nothing was. */
  read(): T | null;
  keep(value: T): void;
  forget(): void;
}

/** The draft about this call, item or message. */
export function draftOf<T>(about: string): Draft<T> {
  const key = `vaxel.draft.${about}`;
  return {
    read: () => {
      const stored = sessionStorage.getItem(key);
      return stored === null ? null : (JSON.parse(stored) as T);
    },
    keep: (value) => sessionStorage.setItem(key, JSON.stringify(value)),
    forget: () => sessionStorage.removeItem(key),
  };
}

/** A field whose text is kept as it is typed, and is there again when the field is drawn anew. */
export function keptText(field: HTMLTextAreaElement, draft: Draft<string>): HTMLTextAreaElement {
  field.value = draft.read() ?? '';
  field.addEventListener('input', () => draft.keep(field.value));
  return field;
}
