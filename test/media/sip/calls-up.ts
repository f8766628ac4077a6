import { answerTo, bareAgent, OFFER } from './agents.js';

/** An incoming call that is up and acknowledged. */
export async function up(invite: Parameters<Awaited<ReturnType<typeof bareAgent>>['deliver']>[1] = {}) {
  const t = await bareAgent();
  t.deliver('INVITE', { body: OFFER, ...invite });
  const call = t.calls[0];
  if (!call) throw new Error('no call came up');
  call.answer(answerTo(OFFER));
  t.inDialog('ACK', { cseq: 1 });
  return { ...t, call };
}

/** A call of ours that is up. */
export async function placed() {
  const t = await bareAgent();
  const call = t.place();
  t.answer('INVITE', 200, { body: answerTo(OFFER) });
  return { ...t, call };
}
