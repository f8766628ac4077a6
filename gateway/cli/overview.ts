interface Line {
  /** As they are typed, all of one group. */
  readonly commands: readonly string[];
  readonly does: string;
}

/** Every command under whoever needs it most. */
const OVERVIEW: ReadonlyMap<string, readonly Line[]> = new Map([
  ['Start here', [{ commands: ['up'], does: 'starts the whole system on this machine' }]],
  ['Testers', [
    { commands: ['call'], does: 'places a call, presses keys, saves what was heard' },
    { commands: ['agent'], does: 'an agent without a person: signs in, takes calls' },
    { commands: ['phone'], does: "an agent's phone that answers by itself" },
  ]],
  ['Authors of flows', [
    { commands: ['flow check'], does: 'every fault of the files, with line and fix' },
    { commands: ['flow run'], does: 'plays a flow as text, you type the keys' },
    { commands: ['flow test'], does: 'plays the tests beside the flows' },
    { commands: ['flow prove'], does: 'plays every way: nobody is lost or left in silence' },
    { commands: ['flow diagram'], does: 'draws a flow, or writes a page for all to read' },
    { commands: ['flow replay'], does: 'what recorded callers would come to in a draft' },
    { commands: ['flow recordings'], does: 'prints recorded calls, for a replay' },
    { commands: ['flow publish', 'flow share', 'flow revert', 'flow withdraw', 'flow versions'], does: 'makes a version live for all or some, and goes back' },
    { commands: ['flow incidents'], does: 'how many callers were told of an incident' },
    { commands: ['flow schema'], does: 'what may stand in a file, for editors' },
  ]],
  ['Operators', [
    { commands: ['queue show'], does: 'who is signed in and who waits, just now' },
    { commands: ['queue free', 'queue logout', 'queue drop', 'queue move', 'queue drain', 'queue resume'], does: 'gets a stuck agent, caller or gateway going again' },
    { commands: ['queue config'], does: 'changes skills and queues while calls go on' },
  ]],
  ['Supervisors', [
    { commands: ['queue figures'], does: 'figures of queues and agents of a day' },
    { commands: ['queue replay'], does: 'what if: a logged day with other agents or skills' },
  ]],
]);

const COLUMN = 20;

/** The help of `vaxel` itself. */
export function overview(): string {
  const parts = [...OVERVIEW].map(([whose, lines]) => `${whose}\n${lines.map(lineText).join('\n')}`);
  return ['vaxel: telephony and IVR voice gateway', ...parts, 'More about one: `vaxel call --help`, `vaxel flow run --help`'].join('\n\n');
}

/** The help of a group such as `flow`. */
export function groupOverview(group: string): string {
  const lines = [...OVERVIEW.values()].flat().filter(({ commands }) => commands[0]?.startsWith(`${group} `));
  return `vaxel ${group} <command>\n\n${lines.map(lineText).join('\n')}\n\nMore about one: \`vaxel ${group} <command> --help\``;
}

/** What does not fit before the column gets a line of its own. */
function lineText({ commands: [first = '', ...more], does }: Line): string {
  const names = `  ${[first, ...more.map((name) => name.split(' ').at(-1))].join(', ')}`;
  return names.length < COLUMN ? `${names.padEnd(COLUMN)}${does}` : `${names}\n${' '.repeat(COLUMN)}${does}`;
}
