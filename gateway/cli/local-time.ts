const two = (part: number): string => String(part).padStart(2, '0');

/** `2026-11-28 14:05`, in this machine's time zone as all days and times that a person reads here. */
export function minute(at: number): string {
  const time = new Date(at);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `2026-11-28 14:05:09`, the same to the second. */
export const second = (at: number): string => `${minute(at)}:${two(new Date(at).getSeconds())}`;
