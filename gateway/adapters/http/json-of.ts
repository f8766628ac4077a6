/** The value of a JSON text; undefined when it is none, which every schema refuses with what it wants. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
