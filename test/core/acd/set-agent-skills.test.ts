import { describe, expect, it } from 'vitest';
import { setAgentSkills } from '../../../gateway/core/acd/set-agent-skills.js';

const FLOW = `agents: # who serves
  anna:   # the first
    name: "Anna Lind"
    skills: { billing: 8, swedish: 9 } # since May
    channels: [voice,chat]

  bo:
    skills:   # measured in June
      billing: 4
      # to be learnt
      technical: 9 # his own trade
      # nothing else yet

    name: Bo
trunks: { local: { addresses: [127.0.0.1] } }
`;

/** The lines that differ, old and new. */
function changed(agent: string, change: Readonly<Record<string, number | null>>, text = FLOW): readonly string[] {
  const done = setAgentSkills(text, agent, change);
  if (!done.ok) throw new Error(done.error.detail);
  const [old, now] = [text.split('\n'), done.value.split('\n')];
  return [...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`), ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)];
}

describe("an agent's skills are changed in the text", () => {
  it('in their one line, and nothing else is touched', () => {
    expect(changed('anna', { billing: 5, norwegian: 2, swedish: null })).toEqual(['-     skills: { billing: 8, swedish: 9 } # since May', '+     skills: { billing: 5, norwegian: 2 } # since May']);
  });

  it('in lines of their own, with the comments there', () => {
    expect(changed('bo', { technical: 10, norwegian: 2 })).toEqual(['-       technical: 9 # his own trade', '+       technical: 10 # his own trade', '+       norwegian: 2']);
  });

  it('however many they are: one line stays one line', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`skill-number-${n}`, 5]));
    expect(changed('anna', many)).toHaveLength(2);
  });

  it('also to none at all', () => {
    expect(changed('anna', { billing: null, swedish: null })).toEqual(['-     skills: { billing: 8, swedish: 9 } # since May', '+     skills: {} # since May']);
    expect(setAgentSkills(FLOW, 'bo', { billing: null, technical: null })).toMatchObject({ ok: true, value: expect.stringMatching(/skills: .*\n {6}\{\}\n/) });
  });

  it('not of somebody who is not there, and not where they are written elsewhere', () => {
    expect(setAgentSkills(FLOW, 'cia', { billing: 1 })).toMatchObject({ ok: false, error: { code: 'VG_AGENT_UNKNOWN', detail: expect.stringMatching(/^there is no agent "cia": use one of /) } });
    const shared = FLOW.replace('{ billing: 8, swedish: 9 }', '&all { billing: 8 }').replace(/skills: {3}#[^]*yet\n/, 'skills: *all\n');
    expect(setAgentSkills(shared, 'bo', { billing: 1 })).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
  });

  it.each([
    ['the skills', '&all { billing: 8, swedish: 9 }'],
    ['one level', '{ billing: &eight 8, swedish: 9 }'],
  ])('not where another place may take them by an anchor: %s', (_what, skills) => {
    const refused = setAgentSkills(FLOW.replace('{ billing: 8, swedish: 9 }', skills), 'anna', { billing: 1 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: expect.stringContaining('shared with another place') as string } });
  });
});
