import type { ServerEvent } from '../core/screen/messages.js';
import type { DeskClient } from './desk-client.js';

type AgentState = Extract<ServerEvent, { type: 'agent' }>['state'];

/** For so long the end of a call is waited for. */
const ENDING_MS = 5_000;

/**
 * Signs the agent out; a call is hung up, an offer declined before that. What is open in other channels is left: somebody waits there.
 * @returns why the agent is signed in still; null when they are not
 */
export async function signOut(client: Pick<DeskClient, 'send' | 'on' | 'off'>, state: AgentState, withinMs = ENDING_MS): Promise<string | null> {
  const first = await client.send({ type: 'signOut' });
  if (first.ok) return null;
  if (state.phase !== 'talking' && state.phase !== 'reserved') return first.error.detail;
  const over = untilOver(client, withinMs);
  await client.send(state.phase === 'talking' ? { type: 'hangUp', callId: state.callId } : { type: 'decline', offerId: state.offerId });
  await over;
  const second = await client.send({ type: 'signOut' });
  return second.ok ? null : second.error.detail;
}

function untilOver(client: Pick<DeskClient, 'on' | 'off'>, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(limit);
      client.off('event', look);
      resolve();
    };
    const look = (event: ServerEvent): void => {
      if (event.type === 'agent' && event.state.phase !== 'talking' && event.state.phase !== 'reserved') end();
    };
    const limit = setTimeout(end, withinMs);
    client.on('event', look);
  });
}
