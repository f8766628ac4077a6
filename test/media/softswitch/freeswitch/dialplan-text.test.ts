import { describe, expect, it } from 'vitest';
import { causeNamed, causeOfReason, reasonHeader } from '../../../../media/softswitch/freeswitch/hangup-cause.js';
import { parseInline, splitWords } from '../../../../media/softswitch/freeswitch/inline-dialplan.js';
import { parseToneScript } from '../../../../media/softswitch/freeswitch/tone-script.js';
import { Variables } from '../../../../media/softswitch/freeswitch/variables.js';

describe('inline dial plans', () => {
  it('are steps between commas, or another character on demand', () => {
    expect(parseInline('park')).toEqual([{ app: 'park', arg: '' }]);
    expect(parseInline('socket:1.2.3.4:80 async full,park')).toEqual([{ app: 'socket', arg: '1.2.3.4:80 async full' }, { app: 'park', arg: '' }]);
    expect(parseInline('m:^:set:a=1,2^park')).toEqual([{ app: 'set', arg: 'a=1,2' }, { app: 'park', arg: '' }]);
  });

  it('keep their spaces between single quotes', () => {
    expect(splitWords("u  'socket:h:1 async full' inline ")).toEqual(['u', 'socket:h:1 async full', 'inline']);
  });
});

describe('variables', () => {
  it('are found whatever their case, and gone when empty', () => {
    const vars = new Variables();
    vars.set('sip_h_X-Ref', '7');
    expect(vars.get('SIP_H_x-ref')).toBe('7');
    expect([...vars.all()]).toEqual([{ name: 'sip_h_X-Ref', header: 'variable_sip_h_X-Ref', value: '7' }]);
    expect(vars.expand('<${sip_h_x-ref}${none}>')).toBe('<7>');
    vars.set('sip_h_X-Ref', '');
    expect(vars.get('sip_h_X-Ref')).toBeUndefined();
  });
});

describe('hang-up causes', () => {
  it('are read by name or number and written as a Reason', () => {
    expect([causeNamed('user_busy'), causeNamed('17'), causeNamed('nonsense'), causeNamed('')]).toEqual(['USER_BUSY', 'USER_BUSY', 'NORMAL_CLEARING', 'NORMAL_CLEARING']);
    expect(reasonHeader('MEDIA_TIMEOUT')).toEqual(['Reason', 'Q.850;cause=604;text="MEDIA_TIMEOUT"']);
    expect([causeOfReason('SIP;cause=200, Q.850;cause=17'), causeOfReason('SIP;cause=200'), causeOfReason(undefined)]).toEqual(['USER_BUSY', 'NORMAL_CLEARING', 'NORMAL_CLEARING']);
  });
});

describe('tone scripts', () => {
  it('are refused when a round would last longer than two minutes', () => {
    expect(parseToneScript('%(130000,0,440)')).toBeUndefined();
    expect(parseToneScript('l=1000;%(1000,0,440)')).toBeUndefined();
    expect(parseToneScript('%(-1,0,440)')).toBeUndefined();
    expect(parseToneScript('%(100,100,440);loops=-1')).toMatchObject({ loops: -1, pcm: { length: 1600 } });
  });

  it('are quieter at a lower level', () => {
    const peak = (text: string) => Math.max(...(parseToneScript(text)?.pcm ?? []));
    expect(peak('v=-27;%(100,0,440)')).toBeLessThan(peak('v=-7;%(100,0,440)') / 9);
  });
});
