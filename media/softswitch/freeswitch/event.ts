/** What an event says, in the order in which it is written: one record, to which each adds its own. Copies of a hundred headers were half of all that was allocated. */
export type EventHeaders = Record<string, string>;

/** One event: its name, and headers in the order they are written. */
export interface SwitchEvent {
  readonly name: string;
  /** The subclass of a CUSTOM event. */
  readonly subclass?: string;
  readonly headers: Readonly<EventHeaders>;
  readonly body?: string;
}

/** Values are percent-encoded in plain events and in the CHANNEL_DATA block. The client decodes them with decodeURIComponent. */
export function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2C/g, ',');
}

/** `Name: encoded value` lines, each with its line end. */
export function headerLines(headers: Readonly<EventHeaders>): string {
  return Object.entries(headers).map(([name, value]) => `${name}: ${encodeValue(value)}\n`).join('');
}

export type EventFormat = 'json' | 'plain';

/** The whole frame of an event as it goes over the socket. */
export function formatEvent(event: SwitchEvent, format: EventFormat): string {
  const text = format === 'json' ? jsonText(event) : plainText(event);
  return `Content-Length: ${Buffer.byteLength(text)}\nContent-Type: text/event-${format}\n\n${text}`;
}

function jsonText({ headers, body }: SwitchEvent): string {
  return JSON.stringify(body === undefined ? headers : { ...headers, 'Content-Length': String(Buffer.byteLength(body)), _body: body });
}

function plainText({ headers, body }: SwitchEvent): string {
  const lines = headerLines(headers);
  return body === undefined ? `${lines}\n` : `${lines}Content-Length: ${Buffer.byteLength(body)}\n\n${body}`;
}
