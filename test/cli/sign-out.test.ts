import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { DeskClient } from '../../gateway/cli/desk-client.js';
import { signOut } from '../../gateway/cli/sign-out.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';

type State = Extract<ServerEvent, { type: 'agent' }>['state'];
const TALKING: State = { phase: 'talking', callId: 'call-1', since: 0 };
const RESERVED: State = { phase: 'reserved', callId: 'call-1', offerId: 'offer-1', since: 0 };

/** A gateway that refuses to sign out whoever has something open; what ends that brings the state `next`. */
class FakeDesk extends EventEmitter {
  readonly sent: object[] = [];

  constructor(private state: State, private readonly next: State | null) {
    super();
  }

  send = (command: { readonly type: string }): ReturnType<DeskClient['send']> => {
    this.sent.push(command);
    if (command.type === 'signOut') {
      const isBusy = this.state.phase === 'talking' || this.state.phase === 'reserved' || this.state.phase === 'blocked';
      return Promise.resolve(isBusy ? { type: 'result', re: 'c', ok: false, error: { code: 'VG_AGENT_STATE', detail: 'finish everything open' } } : { type: 'result', re: 'c', ok: true });
    }
    if (this.next !== null) {
      this.state = this.next;
      queueMicrotask(() => this.emit('event', { type: 'agent', state: this.state }, 1));
    }
    return Promise.resolve({ type: 'result', re: 'c', ok: true });
  };
}

const leave = (desk: FakeDesk, state: State): Promise<string | null> => signOut(desk as unknown as DeskClient, state, 50);

it('signs out at once who has nothing open', async () => {
  const desk = new FakeDesk({ phase: 'ready', since: 0 }, null);
  expect(await leave(desk, { phase: 'ready', since: 0 })).toBeNull();
  expect(desk.sent).toEqual([{ type: 'signOut' }]);
});

it.each([
  ['hangs up', TALKING, { type: 'hangUp', callId: 'call-1' }],
  ['declines what is offered', RESERVED, { type: 'decline', offerId: 'offer-1' }],
] as const)('%s first, and signs out when that is over', async (_what, state, ending) => {
  const desk = new FakeDesk(state, { phase: 'wrapUp', callId: 'call-1', until: 9, since: 1 });
  expect(await leave(desk, state)).toBeNull();
  expect(desk.sent).toEqual([{ type: 'signOut' }, ending, { type: 'signOut' }]);
});

it('says why an agent stays signed in, who has other work open, or whose call does not end', async () => {
  expect(await leave(new FakeDesk({ phase: 'blocked', since: 0 }, null), { phase: 'blocked', since: 0 })).toBe('finish everything open');
  expect(await leave(new FakeDesk(TALKING, null), TALKING)).toBe('finish everything open');
});
