type Row = readonly string[];

const FIGURE = /^-?\d+(:\d\d)*(\.\d+)?( %)?$|^-$/;

/** Where the output is no terminal. */
const USUAL_WIDTH = 100;
/** Of what goes on in the next line. */
const INDENT = '  ';

/**
 * Columns under their heads: words to the left, figures to the right, as each is read. The first is a name, whatever it is made of. What is
 * wider than the terminal goes on in the next line, head and rows alike, so that a terminal breaks none of them.
 */
export function table([head = [], ...rows]: readonly Row[], width = process.stdout.columns ?? USUAL_WIDTH): string {
  const columns = head.map((title, at) => {
    const cells = rows.map((row) => row[at] ?? '').filter((cell) => cell !== '');
    return { at, width: Math.max(title.length, ...cells.map((cell) => cell.length)), isOfFigures: at > 0 && cells.length > 0 && cells.every((cell) => FIGURE.test(cell)) };
  });
  const lines = inLines(columns, width);
  const text = (row: Row): string =>
    lines.map((line) => line.map(({ at, width, isOfFigures }) => (isOfFigures ? (row[at] ?? '').padStart(width) : (row[at] ?? '').padEnd(width))).join('  ').trimEnd()).join(`\n${INDENT}`);
  return [head, ...rows].map(text).join('\n');
}

/** As many columns in a line as fit. */
function inLines<T extends { readonly width: number }>(columns: readonly T[], width: number): readonly (readonly T[])[] {
  const lines: T[][] = [];
  let room = 0;
  for (const column of columns) {
    const line = lines.at(-1);
    room -= 2 + column.width;
    if (line !== undefined && room >= 0) line.push(column);
    else {
      room = width - column.width - (line === undefined ? 0 : INDENT.length);
      lines.push([column]);
    }
  }
  return lines;
}

/** 0.123 → `12.3 %`; nothing to take a share of → `-`. */
export const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);

/** ms → `1:05`, minutes and seconds, or `1:02:05` from an hour on. */
export function duration(ms: number | null): string {
  if (ms === null) return '-';
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return `${hours === 0 ? minutes : `${hours}:${String(minutes).padStart(2, '0')}`}:${String(seconds % 60).padStart(2, '0')}`;
}
