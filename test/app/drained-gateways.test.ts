import { beforeEach, describe, expect, it } from 'vitest';
import { DrainedGateways } from '../../gateway/app/drained-gateways.js';
import { brand, type CallId, type Json, type NodeId } from '../../gateway/core/ids.js';
import { KeptLog } from '../support/silent-log.js';

const [HERE, THERE, GONE] = [brand<NodeId>('here'), brand<NodeId>('there'), brand<NodeId>('gone')];

let noted: Set<NodeId>;
let asked: string[];
let gateways: Map<NodeId, DrainedGateways>;
/** Whether the gateways hear each other. */
let isHeard: boolean;
beforeEach(() => {
  noted = new Set();
  asked = [];
  isHeard = true;
  const store = {
    nodes: () => Promise.resolve([HERE, THERE]),
    owned: (node: NodeId) => Promise.resolve(node === HERE ? [brand<CallId>('c1'), brand<CallId>('c2')] : []),
    drained: () => Promise.resolve([...noted, GONE]),
    noteDrained: (node: NodeId, isDrained: boolean) => Promise.resolve(void (isDrained ? noted.add(node) : noted.delete(node))),
  };
  const relay = { ask: async (node: NodeId, body: Json) => (isHeard ? ((await gateways.get(node)?.answer(body)) ?? null) : null) };
  gateways = new Map([HERE, THERE].map((node) => {
    const telephony = { drain: () => void asked.push(`${node} drains`), resume: () => void asked.push(`${node} resumes`) };
    return [node, new DrainedGateways({ store, node, relay: () => relay, telephony, log: new KeptLog() })];
  }));
});

const at = (node: NodeId): DrainedGateways => gateways.get(node) ?? expect.unreachable();

describe('an order to drain a gateway', () => {
  it.each([HERE, THERE])('is carried out by the one it is about, and seen at once: %s', async (node) => {
    expect(await at(HERE).order(node, true)).toEqual({ ok: true, value: null });
    expect(await at(HERE).order(node, true)).toEqual({ ok: true, value: null });
    expect(await at(THERE).list()).toEqual([HERE, THERE].map((one) => ({ node: one, calls: one === HERE ? 2 : 0, isDrained: one === node })));
    expect(await at(HERE).order(node, false)).toEqual({ ok: true, value: null });
    expect(await at(THERE).list()).toMatchObject([{ isDrained: false }, { isDrained: false }]);
    expect(asked).toEqual([`${node} drains`, `${node} resumes`]);
  });

  it('is refused for one that there is not, with those that there are', async () => {
    expect(await at(HERE).order(GONE, true)).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: 'there is no gateway "gone"; there are here, there' } });
  });

  it('is not said to be done where the gateway does not answer', async () => {
    isHeard = false;
    expect(await at(HERE).order(THERE, true)).toMatchObject({ ok: false, error: { code: 'VG_STORE', detail: 'the gateway there does not answer: try again' } });
  });
});

describe('a gateway that is drained', () => {
  it('says so again after the store has lost it', async () => {
    await at(THERE).order(THERE, true);
    noted.clear();
    await at(THERE).note();
    expect(await at(HERE).list()).toMatchObject([{ isDrained: false }, { isDrained: true }]);
  });

  it('stays so while it stops, whatever is ordered', async () => {
    at(THERE).stop();
    expect(await at(HERE).order(THERE, false)).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: 'the gateway there stops, and takes callers again when it is started anew' } });
    expect(await at(HERE).list()).toMatchObject([{ isDrained: false }, { isDrained: true }]);
    expect(asked).toEqual(['there drains']);
  });
});
