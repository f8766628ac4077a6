/** What an option may say: whole numbers, or amounts such as seconds. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly isWhole?: boolean;
}

export const PORTS: NumberRange = { from: 0, to: 65_535, isWhole: true };
export const SECONDS: NumberRange = { from: 0, to: 86_400 };
export const HERTZ: NumberRange = { from: 50, to: 3_400 };

/** The number that an option says. @throws in one sentence when it says none, as parseArgs does of an option that is not known */
export function numberOption(name: string, said: string, { from, to, isWhole = false }: NumberRange): number {
  const number = said.trim() === '' ? Number.NaN : Number(said);
  if (number >= from && number <= to && (!isWhole || Number.isInteger(number))) return number;
  throw new Error(`--${name} ${said}: a ${isWhole ? 'whole ' : ''}number from ${from} to ${to}`);
}
