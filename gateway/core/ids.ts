/** Identifiers are strings that the compiler keeps apart; `brand` is the only way to make one. */
declare const kind: unique symbol;
type Branded<K extends string> = string & { readonly [kind]: K };

/** One call from arrival to end, however many legs it has. */
export type CallId = Branded<'CallId'>;
/** One SIP dialog with its media endpoint. */
export type LegId = Branded<'LegId'>;
export type QueueId = Branded<'QueueId'>;
export type AgentId = Branded<'AgentId'>;
/** One reservation of an agent's seat for a call: the fencing token of that offer. */
export type OfferId = Branded<'OfferId'>;
/** One gateway process. */
export type NodeId = Branded<'NodeId'>;
export type CustomerId = Branded<'CustomerId'>;
/** Makes a repeated request recognisable: the same request id changes nothing twice. */
export type RequestId = Branded<'RequestId'>;

/** Turns a checked string into an id of the wanted kind. Use it at an edge, after parsing. */
export function brand<T extends string>(text: string): T {
  return text as T;
}

/** Epoch milliseconds. */
export type Millis = number;

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
