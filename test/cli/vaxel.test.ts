import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vaxel } from '../../gateway/cli/vaxel.js';
import { projectFile } from '../../gateway/project.js';
import { printed } from './flow/printed.js';

const NOWHERE = join(tmpdir(), 'vaxel-is-not-here');

describe('the command line', () => {
  it.each([[['--help']], [['-h']], [['help']], [[]]])('tells all commands on one screen, by who needs them, when asked with %j', async (args) => {
    const { status, text } = await printed(vaxel, ...args);
    expect([status, text]).toEqual([0, expect.stringMatching(/^Testers\n {2}call [^]*^Authors[^]*^ {2}flow check [^]*^Operators[^]*^ {2}queue show [^]*^Supervisors/m)]);
    expect(text.split('\n').length).toBeLessThan(48);
  });

  /** The commands of a group, as they are named to whoever mistypes one. */
  const namesIn = async (...group: readonly string[]): Promise<readonly string[]> => /There are (.*);/.exec((await printed(vaxel, ...group, 'none')).text)?.[1]?.split(', ') ?? [];

  it.each([[[]], [['flow']], [['queue']]])('tells each command of the group %j in its overview', async (group) => {
    const { text } = await printed(vaxel, ...group, '--help');
    const names = await namesIn(...group);
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(text).toMatch(new RegExp(`^ .*\\b${name}\\b`, 'm'));
  });

  it.each([[[]], [['flow']], [['queue']]])('fits the help of the group %j and of each of its commands into 80 columns', async (group) => {
    for (const command of [group, ...(await namesIn(...group)).map((name) => [...group, name])]) {
      const { text } = await printed(vaxel, ...command, '--help');
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it.each([[['flow', 'check', '--help']], [['flow', 'check', '-h']], [['help', 'flow', 'check']]])('tells about one command when asked with %j', async (args) => {
    const { status, text } = await printed(vaxel, ...args);
    expect([status, text]).toEqual([0, expect.stringMatching(/^vaxel flow check/)]);
    expect(text).not.toContain('vaxel flow test');
  });

  it.each([[['flow', '-h']], [['help', 'flow']], [['flow', '--help']]])('tells about a group of commands when asked with %j', async (args) => {
    const { status, text } = await printed(vaxel, ...args);
    expect([status, text]).toEqual([0, expect.stringMatching(/^vaxel flow <command>[^]*^ {2}flow check .*[^]*flow publish, share, revert, withdraw, versions/m)]);
  });

  it('tells its version', async () => {
    expect(await printed(vaxel, '--version')).toMatchObject({ status: 0, text: expect.stringMatching(/^vaxel \d+\.\d+\.\d+$/) });
  });

  it.each([
    [['qeue', 'show'], /^vaxel: there is no command "qeue": did you mean "queue"\?$/],
    [['dance'], /^vaxel: there is no command "dance"$/],
    [['flow', 'chek'], /^vaxel flow: there is no command "chek": did you mean "check"\?$/],
    [['queue', 'config'], /^vaxel queue config: say what to do$/],
  ])('answers a command that is none in two lines: %j', async (args, told) => {
    const { status, text } = await printed(vaxel, ...args);
    const [what = '', ...rest] = text.split('\n');
    expect(status).toBe(2);
    expect(what).toMatch(told);
    expect(rest).toEqual([expect.stringMatching(/^There are .*--help` says what each does\.$/)]);
  });

  it.each([
    [['call', '--to', 'sip:1@127.0.0.1', '--talk', 'x'], 'vaxel call: --talk x: a number from 0 to 86400'],
    [['call', '--to', 'sip:1@127.0.0.1', '--max', '-1'], expect.stringMatching(/^vaxel call: Option '--max' argument is ambiguous/)],
    [['call', '--to', 'sip:1@127.0.0.1', '--transport', 'tls'], 'vaxel: --transport tls: one of udp, tcp'],
    [['call', '--to', 'sip:1@nobody.invalid'], expect.stringMatching(/^vaxel: --to sip:1@nobody\.invalid: there is no host of that name/)],
    [['call', '--to', 'here'], 'vaxel: --to here: write it as sip:+46771000100@127.0.0.1:5060'],
    [['call', '--to', 'sip:1@127.0.0.1', '--from', 'a b'], 'vaxel: --from a b: a number such as +46701234567'],
    [['agent', '--calls', '1.5'], 'vaxel agent: --calls 1.5: a whole number from 0 to 1000000'],
    [['up', '--sip-port', 'abc'], 'vaxel up: --sip-port abc: a whole number from 0 to 65535'],
    [['up', '--lan', 'office'], expect.stringMatching(/^vaxel up: --lan office: no IPv4 address of this machine; it has .*127\.0\.0\.1$/)],
    [['up', '--http-port', '99999'], 'vaxel up: --http-port 99999: a whole number from 0 to 65535'],
    [['flow', 'share', 'x', '--percent', '300', '--note', 'y'], 'vaxel flow share: --percent 300: a number from 0.01 to 99.99'],
  ])('refuses a value that is none before anything happens: %j', async (args, told) => {
    const { status, text } = await printed(vaxel, ...args);
    expect([status, text.split('\n')[0]]).toEqual([2, told]);
  });

  it.each([
    [['up', '--flows', NOWHERE], `vaxel up: there is no file or folder ${join(NOWHERE, 'contact-centre.yaml')}`],
    [['phone', '--flows', NOWHERE], `vaxel phone: there is no file or folder ${join(NOWHERE, 'contact-centre.yaml')}`],
    [['queue', 'config', 'put', NOWHERE, '--check', '--api', 'http://127.0.0.1:1'], `vaxel queue config put: there is no file or folder ${NOWHERE}`],
    [['queue', 'config', 'put', projectFile('ivr-flows'), '--check', '--api', 'http://127.0.0.1:1'], 'vaxel queue config put: a folder is named where a file is needed'],
  ])('says which file is not there: %j', async (args, told) => {
    process.env['VAXEL_API_TOKEN'] = 'any';
    try {
      expect(await printed(vaxel, ...args)).toMatchObject({ status: 2, text: told });
    } finally {
      delete process.env['VAXEL_API_TOKEN'];
    }
  });

  it.each([
    [['call', '--json', '--frm', '1'], 'vaxel call'],
    [['flow', 'check', '--json', '--foo'], 'vaxel flow check'],
    [['queue', 'config', 'show', '--json', '--foo'], 'vaxel queue config show'],
  ])('says where the options are told when one is not known: %j', async (args, command) => {
    const { status, text } = await printed(vaxel, ...args.filter((arg) => arg !== '--json'));
    expect([status, text]).toEqual([2, expect.stringMatching(new RegExp(`^${command}: Unknown option '--f.*'; \`${command} --help\` tells the options$`))]);
  });

  it.each([
    [['call', '--json', '--foo'], "Unknown option '--foo'; `vaxel call --help` tells the options"],
    [['up', '--json', '--sip-port', 'abc'], '--sip-port abc: a whole number from 0 to 65535'],
    [['flow', 'chek', '--json'], 'there is no command "chek": did you mean "check"?\nThere are check, '],
    [['qeue', '--json'], 'there is no command "qeue": did you mean "queue"?\nThere are '],
    [['phone', '--json', '--flows', NOWHERE], `there is no file or folder ${join(NOWHERE, 'contact-centre.yaml')}`],
  ])('says what is wrong as one object where --json is asked for: %j', async (args, told) => {
    const { status, text } = await printed(vaxel, ...args);
    expect([status, JSON.parse(text)]).toEqual([2, { event: 'error', message: expect.stringContaining(told) }]);
  });

  it.each([
    [['queue', 'show']],
    [['queue', 'config', 'log']],
    [['flow', 'versions']],
    [['flow', 'recordings']],
  ])('says that a gateway which is named needs its token: %j', async (args) => {
    const { status, text } = await printed(vaxel, ...args, '--api', 'http://127.0.0.1:8080');
    expect([status, text]).toEqual([2, `vaxel ${args.join(' ')}: --api http://127.0.0.1:8080 needs the token of that gateway: set VAXEL_API_TOKEN to its API_TOKEN`]);
  });

  it.each([
    [['--api', 'nonsense', '--token', 'x'], 'vaxel agent: --api nonsense: write the address as http://127.0.0.1:8080'],
    [['--api', 'http://127.0.0.1:9', '--token', 'x'], 'vaxel agent: the gateway at http://127.0.0.1:9 does not answer (ECONNREFUSED): is it running, and is this its address?'],
  ])('says of a desk that cannot be reached where it was looked for: %j', async (args, told) => {
    expect(await printed(vaxel, 'agent', ...args)).toMatchObject({ status: 2, text: told });
  });

  it('names the file of a folder of data that cannot be read, and what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vx-broken-'));
    try {
      for (const name of ['up.json', 'secrets.json']) writeFileSync(join(folder, name), '{broken');
      const told = (await printed(vaxel, 'queue', 'show', '--var', folder)).text;
      expect(told).toBe(`vaxel queue show: ${join(folder, 'up.json')} is not what \`vaxel up\` wrote: remove it, and start the system again`);
      rmSync(join(folder, 'up.json'));
      expect((await printed(vaxel, 'up', '--var', folder)).text).toBe(`vaxel up: ${join(folder, 'secrets.json')} is not what \`vaxel up\` wrote: put it back from a copy, or remove it and have new secrets made`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [['flow', 'replay'], 'vaxel: name one draft, such as drafts/main-menu.yaml'],
    [['flow', 'replay', 'a.yaml', 'b.yaml'], 'vaxel: name one draft, such as drafts/main-menu.yaml'],
    [['queue', 'replay'], 'vaxel: name one log: a folder such as var/queue-log, or one file of it'],
    [['flow', 'schema', 'conector'], 'vaxel: there is no kind "conector": did you mean "connector"?'],
    [['flow', 'run', 'main-menu', 'outage'], 'vaxel flow run: outage: that is too much, one flow is named at a time'],
    [['flow', 'diagram', 'main-menu', 'outage'], 'vaxel flow diagram: outage: that is too much, one flow is named at a time'],
    [['flow', 'publish', 'main-menu', 'outage', '--note', 'n'], 'vaxel flow publish: outage: that is too much, one flow is named at a time'],
    [['flow', 'revert', 'main-menu', '--note', 'n'], 'vaxel flow revert: --version: name the version to go back to, as `vaxel flow versions` prints it'],
    [['flow', 'share', 'main-menu', '--note', 'n'], 'vaxel flow share: --percent: say which share of the callers, from 0.01 to 99.99'],
    [['queue', 'move', 'c1'], 'vaxel: queue move <call> <queue>: name the queue, as `vaxel queue show` prints it'],
    [['queue', 'free', 'anna', 'bo'], 'vaxel: queue free <agent>: bo is too much'],
  ])('says what a command wants to be told: %j', async (args, told) => {
    expect(await printed(vaxel, ...args)).toMatchObject({ status: 2, text: told });
  });
});
