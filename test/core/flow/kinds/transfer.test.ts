import { describe, expect, it } from 'vitest';
import { FlowDriver } from '../flow-driver.js';
import { smallFlow } from '../small-flow.js';

describe('a transfer', () => {
  const flow = smallFlow('start: { do: transfer, to: "+4677100", headers: { X-Dialled: "{{call.dnis}}", X-Caller: "{{call.ani}}" } }');

  it('tells the other side about the call in headers, and leaves out one whose value is not known', () => {
    expect(new FlowDriver(flow, undefined, { dnis: '203', ani: '+46701234567' }).settle().exit).toEqual({ kind: 'transfer', target: '+4677100', headers: { 'X-Dialled': '203', 'X-Caller': '+46701234567' } });
    expect(new FlowDriver(flow, undefined, { dnis: '203' }).settle().exit).toEqual({ kind: 'transfer', target: '+4677100', headers: { 'X-Dialled': '203' } });
  });
});
