import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SipServer } from '../../../gateway/adapters/telephony/libraries.js';
import { TakenRequests } from '../../../gateway/adapters/telephony/taken-requests.js';
import { request, Rig, type Peer } from '../../media/softswitch/drachtio/rig.js';

let rig: Rig;
let peer: Peer;
let sent = 0;
beforeEach(async () => {
  rig = await Rig.open();
  peer = await rig.peer();
});
afterEach(() => rig.close());

/** A gateway at the SIP server, which puts its name into every answer. */
async function gateway(name: string): Promise<TakenRequests> {
  const srf = await rig.app();
  for (const verb of ['invite', 'options', 'register'] as const) srf[verb]((_request, response) => response.send(200, { headers: { 'X-By': name } }));
  const taken = new TakenRequests(srf as unknown as SipServer);
  taken.begin();
  return taken;
}

/** Who answers the next requests of that kind, one after the other; 503: the SIP server itself. */
async function answerers(method: 'OPTIONS' | 'REGISTER', count: number): Promise<readonly string[]> {
  // What gateways have just asked of the SIP server has reached it once a later connection was served.
  (await rig.raw()).close();
  const answers: string[] = [];
  for (; answers.length < count; sent += 1) {
    peer.send(request(method, { peer, port: rig.server.sip.port, callId: `r${sent}` }));
    const answer = await peer.next(new RegExp(`Call-ID: r${sent}\\b`));
    answers.push(/^X-By: (.*)$/m.exec(answer)?.[1]?.trim() ?? /^SIP\/2\.0 (\d+)/.exec(answer)?.[1] ?? '');
  }
  return answers;
}

it('gateways at one SIP server have callers in turn', async () => {
  await gateway('a');
  await gateway('b');
  expect(await answerers('OPTIONS', 4)).toEqual(['a', 'b', 'a', 'b']);
});

it('a drained one has none, but still phones; resumed it has callers in turn again', async () => {
  const [a] = [await gateway('a'), await gateway('b')];
  a.drain();
  a.drain();
  expect(await answerers('OPTIONS', 3)).toEqual(['b', 'b', 'b']);
  expect(await answerers('REGISTER', 4)).toEqual(expect.arrayContaining(['a', 'b']));
  a.resume();
  expect([...(await answerers('OPTIONS', 4))].sort()).toEqual(['a', 'a', 'b', 'b']);
});

it('where all are drained the SIP server refuses callers with 503', async () => {
  (await gateway('a')).drain();
  expect(await answerers('OPTIONS', 1)).toEqual(['503']);
});

it('one that is drained before it serves has none when it begins', async () => {
  const srf = await rig.app();
  srf.options((_request, response) => response.send(200));
  const taken = new TakenRequests(srf as unknown as SipServer);
  taken.drain();
  taken.begin();
  expect(await answerers('OPTIONS', 1)).toEqual(['503']);
});
