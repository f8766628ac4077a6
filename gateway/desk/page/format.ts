import type { ScreenQueue } from '../../core/screen/queue.js';
import type { Texts } from './texts-en.js';

/** `1:05`, or `1:02:05` from an hour on. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1_000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3_600);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

export function timeOfDay(at: number): string {
  const time = new Date(at);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}

/** `Today 14:05`, `Yesterday 09:30`, else the date in the agent's language. */
export function moment(at: number, now: number, show: { readonly texts: Texts; readonly locale: string }): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return `${show.texts.today} ${timeOfDay(at)}`;
  if (days === 1) return `${show.texts.yesterday} ${timeOfDay(at)}`;
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const date = new Intl.DateTimeFormat(show.locale, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) }).format(at);
  return `${date} ${timeOfDay(at)}`;
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Groups the digits of a number so that it can be read out: `+46 70 123 45 67`. Other numbers are left as they are. */
export function phoneNumber(number: string): string {
  const nordic = /^\+(46|47)(\d{2})(\d{3})(\d{2})(\d{2})$/.exec(number);
  if (nordic?.[1] === '46') return `+46 ${nordic[2]} ${nordic[3]} ${nordic[4]} ${nordic[5]}`;
  const norwegian = /^\+47(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(number);
  if (norwegian !== null) return `+47 ${norwegian.slice(1).join(' ')}`;
  return number;
}

/** A slug as words: `invoice.extension` → `Invoice: extension`, `find-invoice` → `Find invoice`. */
export function words(slug: string): string {
  const text = slug.replace(/[-_]+/g, ' ').replace(/\./g, ': ').replace(/([a-z])([A-Z])/g, (_all, left: string, right: string) => `${left} ${right.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `sip:anna@vaxel` → `anna@vaxel`. */
export function address(aor: string): string {
  return aor.replace(/^sips?:/, '');
}

/** The queue's name in the language of the page. */
export const queueName = ({ name, names }: ScreenQueue, { language }: Texts): string => names?.[language] ?? name;
