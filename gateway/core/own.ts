/** What a record itself has under a key that comes from outside; a plain lookup finds `constructor` and its like in every object. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);
