/** So many names are listed; who has more looks them up. */
const MOST_LISTED = 40;
const SHORTEST_MEANT = 3;

/** The known name that was meant, as it seems; undefined when none is that near. */
export const meantBy = (name: string, known: Iterable<string>): string | undefined => [...known].find((one) => isNear(one, name));

/** The advice about a name that is none: the one that was meant, else all that there are. */
export function oneOf(name: string, known: Iterable<string>): string {
  const names = [...new Set(known)];
  const meant = meantBy(name, names);
  return meant === undefined ? `use one of ${names.slice(0, MOST_LISTED).join(', ')}` : `did you mean "${meant}"?`;
}

/** The same where something else can be done as well, or nothing else when there is no name at all. */
export function orOneOf(name: string, known: Iterable<string>, otherwise: string): string {
  const names = [...known];
  if (names.length === 0) return otherwise;
  return meantBy(name, names) === undefined ? `${otherwise}, or ${oneOf(name, names)}` : oneOf(name, names);
}

/** Same letters apart from case; one letter more, less or other; or two neighbours that changed places. Very short names are all near each other. */
function isNear(a: string, b: string): boolean {
  if (a.toLowerCase() === b.toLowerCase()) return true;
  if (Math.abs(a.length - b.length) > 1 || Math.max(a.length, b.length) < SHORTEST_MEANT) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  const [restA, restB] = [a.slice(from), b.slice(from)];
  if (restA.slice(1) === restB.slice(1) || restA === restB.slice(1) || restA.slice(1) === restB) return true;
  return restA.length > 1 && restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
