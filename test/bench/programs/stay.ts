/** Tells the parent that this program serves, and ends it with the parent. */
export function serve(fields: object): void {
  console.log(JSON.stringify({ event: 'ready', ...fields }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  process.stdin.resume().once('end', () => process.exit(0));
}

/** The variable, or an error that names it. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
