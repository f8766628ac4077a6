const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `24h`, `90m`, `7d` ago, or a time such as 2026-11-28T14:00:00+01:00; null for anything else. */
export function pastTime(text: string, now: number): number | null {
  const span = /^(\d{1,5})([mhd])$/.exec(text);
  if (span !== null) return now - Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0);
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

export const TIME_HINT = 'a time ago such as 24h, 90m or 7d, or a date such as 2026-11-28 or 2026-11-28T14:00:00+01:00';
