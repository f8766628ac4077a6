/** Key names of the queue; twin of `lua/keys.lua`, compared by a test. A key is the tenant's prefix, a name, and mostly an id. */
export const KEY_NAMES = {
  QUEUED: 'q:',
  HEADS: 'h',
  LINES: 'l:',
  IDLE: 'i:',
  IDLE_HEADS: 'ih',
  SERVES: 'ps:',
  SERVED: 'sp:',
  SIGNATURES: 'sig',
  POOLS: 'pool',
  CALL: 'c:',
  AGENT: 'a:',
  LEASES: 'lease',
  DUE: 'due',
  ON: 'on',
  STAFF: 'staff',
  RELAX: 'relax',
  SEQ: 'seq',
  IDLE_SEQ: 'iseq',
  FACTS: 'ev',
  OUT: 'out:',
} as const;

/** Key names of the call store; twin of `lua/store-keys.lua`. */
export const STORE_KEY_NAMES = {
  SNAPSHOT: 's:',
  OWNED: 'own:',
  NODES: 'nodes',
  ADOPTED: 'adopted:',
  DRAINED: 'drained',
} as const;

/** An agent's phone, by address of record. Scripts are given the whole key, so it has no twin. */
const REGISTRATION = 'reg:';

/** A place in line by the caller's number, and the mark of a callback whose place was given away. Used without scripts, so they have no twin. */
export const CALLER_PLACE = 'place:';
export const TAKEN_PLACE = 'place-taken:';

/** The calls of a number that are going on. Used without scripts, so it has no twin. */
export const CALLS_OF = 'calls-of:';

/** What an item of another system is about, by its id, and the end that it is about to come to. Used without scripts, so they have no twins. */
export const ITEM = 'item:';
export const ITEM_ENDING = 'item-ending:';

/** The log of flow versions, and the source of each by its hash. Used without scripts, so they have no twin. */
export const RELEASE_LOG = 'flows:log';
export const RELEASE_SOURCE = 'flows:source:';

/** The log of the contact centre's versions, and the text of each by its hash. Used without scripts, so they have no twin. */
export const CENTRE_LOG = 'centre:log';
export const CENTRE_SOURCE = 'centre:source:';

/** Where a node's outbox reader stands. Used by the reader only, so it has no twin. */
export const READ_POSITION = 'pos:';

/** Prefix of all keys of a tenant's queue. The braces are a hash tag: one tenant lives in one cluster slot, so every script is single-slot. */
export function queuePrefix(tenant: string): string {
  return `acd:{${checkedTenant(tenant)}}:`;
}

/** Prefix of the call store's keys. */
export function storePrefix(tenant: string): string {
  return `vx:{${checkedTenant(tenant)}}:`;
}

/** Key of a phone's registration, by its address of record, whose letters are all small in it. */
export function registrationKey(tenant: string, aor: string): string {
  return `${storePrefix(tenant)}${REGISTRATION}${aor.toLowerCase()}`;
}

function checkedTenant(tenant: string): string {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(tenant)) throw new Error(`tenant "${tenant}": 1 to 40 letters, digits, - or _`);
  return tenant;
}
