type Row = readonly string[];

const FIGURE = /^-?\d+(:\d\d)*(\.\d+)?( %)?$|^-$/;

/** Columns under their heads: words to the left, figures to the right, as each is read. The first is a name, whatever it is made of. */
export function table([head = [], ...rows]: readonly Row[]): string {
  const columns = head.map((title, at) => {
    const cells = rows.map((row) => row[at] ?? '').filter((cell) => cell !== '');
    return { width: Math.max(title.length, ...cells.map((cell) => cell.length)), isOfFigures: at > 0 && cells.length > 0 && cells.every((cell) => FIGURE.test(cell)) };
  });
  const line = (row: Row): string => columns.map(({ width, isOfFigures }, at) => (isOfFigures ? (row[at] ?? '').padStart(width) : (row[at] ?? '').padEnd(width))).join('  ').trimEnd();
  return [head, ...rows].map(line).join('\n');
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
