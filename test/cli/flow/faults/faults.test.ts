import { expect, it } from 'vitest';
import { complaintsInSource, type Complaint } from './complaints-in-source.js';
import { fixtures, toldOf, type Fixture } from './fault-fixtures.js';

const complaints = complaintsInSource();
const TOLD = /^(?<file>[^:]+):(?<line>\d+):(?<column>\d+)(?: node "[^"]+")?: (?<what>.+?)\. Fix: (?<fix>.+)$/;
const partOf = (told: string, part: 'what' | 'fix'): string => TOLD.exec(told)?.groups?.[part] ?? '';

/** The complaint that was made: of several that could read so the one with the most words of its own. */
const complaintOf = (told: string): Complaint | undefined => complaints.filter(({ pattern }) => pattern.test(partOf(told, 'what'))).sort((a, b) => b.words.length - a.words.length)[0];
const titleOf = (fixture: Fixture): string => fixture.tells[0] ?? '';

it('the folder that the fixtures spoil is whole', () => {
  expect(toldOf(null)).toEqual([]);
});

it.each(fixtures.map((fixture) => [titleOf(fixture), fixture] as const))('%s', (_title, fixture) => {
  expect(toldOf(fixture)).toEqual(fixture.tells);
  for (const told of fixture.tells) expect(told).toMatch(TOLD);
});

it('no complaint can be made that has no fixture', () => {
  const shown = new Set(fixtures.flatMap(({ tells }) => tells.map((told) => complaintOf(told)?.words)));
  expect(complaints.length).toBeGreaterThan(100);
  expect(complaints.filter(({ words }) => !shown.has(words)).map(({ file, words }) => `${file}: ${words}`)).toEqual([]);
});

it('the list beside the fixtures names each complaint with what to do; `vitest -u` writes it', async () => {
  const rows = complaints.map((complaint) => {
    const told = fixtures.flatMap(({ tells }) => tells).find((one) => complaintOf(one) === complaint) ?? '';
    return [TOLD.exec(told)?.groups?.['file'] ?? '', partOf(told, 'what'), partOf(told, 'fix')].map((cell) => cell.replace(/\|/g, '\\|'));
  });
  const kinds: readonly (readonly [string, (file: string) => boolean])[] = [
    ['Flows', (file) => file.startsWith('flows/') && !file.endsWith('.test.yaml')],
    ['Shared prompts', (file) => file.startsWith('prompts/')],
    ['Connectors', (file) => file.startsWith('connectors/')],
    ['The contact centre and its opening hours', (file) => file === 'contact-centre.yaml'],
    ['Tests beside a flow', (file) => file.endsWith('.test.yaml')],
  ];
  const tables = kinds.map(([title, isMeant]) => `## ${title}\n\n| \`vaxel flow check\` tells | what to do |\n|---|---|\n${rows.filter(([file = '']) => isMeant(file)).map(([, what = '', fix = '']) => `| ${what} | ${fix} |`).join('\n')}\n`);
  await expect(`# What can be wrong, and what to do\n\nOne example of each complaint, with the names of the folder \`base\`. Every one comes with file, line, column and node. The schemas’ complaints\n(missing, not known, wrong type, too long) are told of all files alike; the incidents file has no others.\n\n${tables.join('\n')}`).toMatchFileSnapshot('README.md');
});
