import { describe, expect, it } from 'vitest';
import { welcome } from '../../gateway/cli/welcome.js';
import { projectFile } from '../../gateway/project.js';

const state = {
  sip: '127.0.0.1:25060', number: '+46771000100', desk: `http://127.0.0.1:28080/desk/#token=${'x'.repeat(32)}`, api: 'http://127.0.0.1:28080', token: 't', apiToken: 'a', agents: {}, phones: [],
  demo: { keys: 'wait:1500 1 wait:1500 471100# wait:1500 1 wait:1000 2', invoice: '471100', billing: 'http://127.0.0.1:33171' }, pids: {},
};
const commands = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('  npx vaxel'));

describe('what vaxel up says when all is up', () => {
  it('fits a terminal of 80 columns', () => {
    const text = welcome({ state, varDir: projectFile('var'), tookMs: 5_000 });
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('has commands that find the system as they stand, whatever folder it was started with', () => {
    expect(commands(welcome({ state, varDir: projectFile('var'), tookMs: 1 })).join()).not.toContain('--var');
    const elsewhere = commands(welcome({ state, varDir: "/srv/o'hara data", tookMs: 1 }));
    expect(elsewhere).toHaveLength(3);
    for (const command of elsewhere) expect(command).toMatch(/ --var '\/srv\/o'\\''hara data'$/);
  });
});
