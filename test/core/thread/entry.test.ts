import { describe, expect, it } from 'vitest';
import { entryOf, threadOf } from '../../../gateway/core/thread/entry.js';
import { interactionSchema, type ThreadEntry } from '../../../gateway/core/thread/interaction.js';

const entry = (id: string, at: string, changes: Partial<ThreadEntry> = {}): ThreadEntry => ({ id, at, channel: 'phone', summary: id, reason: null, result: null, agent: null, note: null, ...changes });

describe('a thread', () => {
  it('is newest first, also when other systems write the time with an offset', () => {
    const thread = threadOf([entry('a', '2026-10-01T10:00:00Z'), entry('b', '2026-10-01T13:30:00+02:00'), entry('c', '2026-10-01T09:00:00Z')]);
    expect(thread.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
  });

  it('folds a note into its call, whichever came first', () => {
    const call = entry('call:1', '2026-10-01T10:00:00Z', { result: 'completed/caller-hung-up', agent: 'Bo' });
    const note = entry('call:1:note', '2026-10-01T10:05:00Z', { channel: 'note', result: 'Solved', note: 'fine', agent: 'Anna' });
    for (const order of [[call, note], [note, call]]) {
      expect(threadOf(order)).toEqual([{ ...call, result: 'Solved', note: 'fine', agent: 'Anna' }]);
    }
  });

  it('keeps a note whose call is not there', () => {
    expect(threadOf([entry('call:9:note', '2026-10-01T10:05:00Z', { channel: 'note' })])).toHaveLength(1);
  });

  it('has what was filed in each language, with the call too', () => {
    const names = { sv: 'Löst', nb: 'Løst', en: 'Solved' };
    const filed = entryOf(interactionSchema.parse({ specversion: '1.0', id: 'call:1:note', source: '/v', type: 'vaxel.note', subject: '1001', time: '2026-10-01T10:05:00Z', data: { channel: 'note', direction: 'in', summary: 'Solved', disposition: 'Solved', dispositionNames: names } }));
    expect(filed).toMatchObject({ result: 'Solved', resultNames: names });
    expect(threadOf([entry('call:1', '2026-10-01T10:00:00Z', { result: 'completed/x' }), filed])).toMatchObject([{ id: 'call:1', result: 'Solved', resultNames: names }]);
  });

  it('shows the disposition rather than the machine’s result', () => {
    const interaction = interactionSchema.parse({
      specversion: '1.0',
      id: 'x',
      source: '/s',
      type: 'vaxel.note',
      subject: '1',
      time: '2026-10-01T10:00:00Z',
      data: { channel: 'note', direction: 'in', summary: 's', result: 'completed/x', disposition: 'Solved' },
    });
    expect(entryOf(interaction)).toEqual(entry('x', '2026-10-01T10:00:00Z', { channel: 'note', summary: 's', result: 'Solved' }));
  });
});
