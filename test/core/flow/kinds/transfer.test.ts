import { describe, expect, it } from 'vitest';
import { FlowDriver } from '../flow-driver.js';
import { smallFlow } from '../small-flow.js';

describe('a transfer', () => {
  const flow = smallFlow('start: { do: transfer, to: "+4677100", headers: { X-Dialled: "{{call.dnis}}", X-Caller: "{{call.ani}}" } }');

  it('tells the other side about the call in headers, and leaves out one whose value is not known', () => {
    expect(new FlowDriver(flow, undefined, { dnis: '203', ani: '+46701234567' }).settle().exit).toEqual({ kind: 'transfer', target: '+4677100', headers: { 'X-Dialled': '203', 'X-Caller': '+46701234567' } });
    expect(new FlowDriver(flow, undefined, { dnis: '203' }).settle().exit).toEqual({ kind: 'transfer', target: '+4677100', headers: { 'X-Dialled': '203' } });
  });

  it('goes to what the author wrote out, but to a number that came from elsewhere only when it may be dialled', () => {
    const abroad = smallFlow('start: { do: transfer, to: "+12025550123" }');
    expect(new FlowDriver(abroad).settle().exit).toMatchObject({ kind: 'transfer', target: '+12025550123' });
    const back = smallFlow('start: { do: transfer, to: "{{call.ani}}" }');
    expect(new FlowDriver(back, undefined, { ani: '+46701234567' }).settle().exit).toMatchObject({ kind: 'transfer', target: '+46701234567' });
    expect(new FlowDriver(back, undefined, { ani: '+12025550123' }).settle().exit?.kind).toBe('queue');
  });
});
