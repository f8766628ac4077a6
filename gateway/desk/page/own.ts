/** What a table itself has for a word that comes from files or the network; a plain lookup finds `constructor` and its like in every table. */
export const own = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined => (Object.hasOwn(table, word) ? table[word] : undefined);
