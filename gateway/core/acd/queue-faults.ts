import type { Finding } from '../flow/problem.js';
import { oneOf, orOneOf } from '../meant.js';
import { own } from '../own.js';
import { CHANNELS } from './channels.js';
import type { ContactCentre, ContactCentreFile } from './contact-centre.js';
import { DEFAULT_MUSIC, type QueueFile } from './queue-config.js';
import { idleRules } from './idle-rules.js';
import { queuesForCalls, queuesServedIn } from './served.js';
import { MOST_PREFERRED, needsText } from './skills.js';

/** What there is under the name of some music. `unfit`: a file of it cannot be played. */
export type FoundMusic = { readonly found: 'nothing' } | { readonly found: 'unfit'; readonly file: string } | { readonly found: 'files'; readonly files: readonly string[] };
export type FindMusic = (name: string) => FoundMusic;

/** Faults of queues that the schema cannot see. What is not given is not checked. */
export function queueFaults(file: ContactCentreFile, centre: ContactCentre, { prompts, findMusic }: { readonly prompts?: ReadonlySet<string>; readonly findMusic?: FindMusic }): Finding[] {
  const forCalls = queuesForCalls(centre);
  const each = Object.entries(file.queues).flatMap(([id, queue]) => [...skillFaults(file, { id, queue }), ...overflowFaults(file, forCalls, { id, queue }), ...promptFaults({ id, queue }, prompts), ...callbackFaults(file, { id, queue }), ...musicFaults({ id, queue }, findMusic), ...idleRules(queue, file.limits.maxWaitMs).map(({ path, ...finding }) => ({ ...finding, path: ['queues', id, ...path] }))]);
  return [...each, ...roundTrips(file), ...unservedQueues(centre)];
}

interface Named {
  readonly id: string;
  readonly queue: QueueFile;
}

function skillFaults(file: ContactCentreFile, { id, queue }: Named): Finding[] {
  const unknown = (skill: string, path: (string | number)[]): Finding[] =>
    Object.hasOwn(file.skills, skill) ? [] : [{ path: ['queues', id, ...path], what: `there is no skill "${skill}"`, fix: orOneOf(skill, Object.keys(file.skills), `add "${skill}" to skills`) }];
  const preferred = Object.keys(queue.prefer);
  return [
    ...Object.keys(queue.needs).flatMap((skill) => unknown(skill, ['needs', skill])),
    ...preferred.flatMap((skill) => unknown(skill, ['prefer', skill])),
    ...(preferred.length <= MOST_PREFERRED ? [] : [{ path: ['queues', id, 'prefer'], what: `${preferred.length} skills are preferred, only ${MOST_PREFERRED} count`, fix: 'keep those that matter most, the most important first' }]),
    ...queue.relax.flatMap((change, at) => [
      ...change.drop.flatMap((skill, index) => unknown(skill, ['relax', at, 'drop', index])),
      ...Object.keys(change.lower).flatMap((skill) => unknown(skill, ['relax', at, 'lower', skill])),
      ...Object.entries(change.lower).flatMap(([skill, level]) => {
        const needed = own(queue.needs, skill) ?? Number.POSITIVE_INFINITY;
        return level >= needed ? [{ path: ['queues', id, 'relax', at, 'lower', skill], what: `${skill} ${level} is not lower than the ${needed} that is needed from the start`, fix: 'write a lower level, or drop the skill' }] : [];
      }),
    ]),
  ];
}

function overflowFaults(file: ContactCentreFile, forCalls: ReadonlySet<string>, { id, queue }: Named): Finding[] {
  return Object.entries(queue.overflow).flatMap(([rule, set]) => {
    if (set === undefined) return [];
    const { to, ...how } = set;
    const path = ['queues', id, 'overflow', rule];
    const found: Finding[] = [];
    if (typeof to === 'object' && 'queue' in to && !Object.hasOwn(file.queues, to.queue)) found.push({ path: [...path, 'to', 'queue'], what: `there is no queue "${to.queue}"`, fix: oneOf(to.queue, Object.keys(file.queues)) });
    else if (typeof to === 'object' && 'queue' in to && !forCalls.has(to.queue)) found.push({ path: [...path, 'to', 'queue'], what: `nobody who takes calls serves "${to.queue}", so who overflows there would wait in vain`, fix: `give an agent with voice its skills${forCalls.size === 0 ? '' : `, or use one of ${[...forCalls].join(', ')}`}` });
    return 'hours' in how ? [...found, ...hoursFaults(file, how.hours, [...path, 'hours'])] : found;
  });
}

function promptFaults({ id, queue }: Named, prompts: ReadonlySet<string> | undefined): Finding[] {
  const { welcome, comfort } = queue.announce;
  const named = [...(welcome === undefined ? [] : [{ prompt: welcome, path: ['welcome'] }]), ...(comfort?.prompts ?? []).map((prompt, at) => ({ prompt, path: ['comfort', 'prompts', at] }))];
  return named.flatMap(({ prompt, path }) =>
    prompts === undefined || prompts.has(prompt) ? [] : [{ path: ['queues', id, 'announce', ...path], what: `there is no shared prompt "${prompt}"`, fix: orOneOf(prompt, prompts, 'write it in prompts/') }],
  );
}

const hoursFaults = (file: ContactCentreFile, hours: string, path: readonly (string | number)[]): readonly Finding[] =>
  Object.hasOwn(file.hours, hours) ? [] : [{ path, what: `there are no opening hours "${hours}"`, fix: orOneOf(hours, Object.keys(file.hours), 'add them to hours') }];

const callbackFaults = (file: ContactCentreFile, { id, queue }: Named): readonly Finding[] => (queue.callback.hours === undefined ? [] : hoursFaults(file, queue.callback.hours, ['queues', id, 'callback', 'hours']));

function musicFaults({ id, queue: { music } }: Named, findMusic: FindMusic | undefined): readonly Finding[] {
  const there = music === DEFAULT_MUSIC ? undefined : findMusic?.(music);
  const path = ['queues', id, 'music'];
  if (there?.found === 'nothing') return [{ path, what: `there is no music "${music}"`, fix: `put ${music}.wav, or a folder ${music} with WAV files, into the folder that MUSIC_DIR names (else media/moh), or write ${DEFAULT_MUSIC}` }];
  if (there?.found === 'unfit') return [{ path, what: `the music file ${there.file} cannot be played`, fix: 'give a WAV that is mono, 16 bit and at least a second long, with no ! in its name, best with 8000 samples a second' }];
  return [];
}

/** Callers whom queues would pass round: each hop may be right, the whole never ends. */
function roundTrips(file: ContactCentreFile): Finding[] {
  const next = (id: string): readonly string[] => Object.values(own(file.queues, id)?.overflow ?? {}).flatMap((rule) => (typeof rule?.to === 'object' && 'queue' in rule.to ? [rule.to.queue] : []));
  // Of those that were looked at no way leads back; looked at once each, however many ways lead there.
  const lookedAt = new Set<string>();
  const comesBack = (id: string, way: ReadonlySet<string>): boolean => {
    if (way.has(id)) return true;
    if (lookedAt.has(id)) return false;
    lookedAt.add(id);
    return next(id).some((to) => comesBack(to, new Set([...way, id])));
  };
  const first = Object.keys(file.queues).find((id) => comesBack(id, new Set()));
  return first === undefined ? [] : [{ path: ['queues', first, 'overflow'], what: `callers who overflow from "${first}" can come back to a queue they were in`, fix: 'let one of these queues overflow to lastResort or to a transfer' }];
}

/** Whatever comes to such a queue would wait in vain, however long. */
function unservedQueues(centre: ContactCentre): Finding[] {
  const served = new Set(CHANNELS.flatMap((channel) => [...queuesServedIn(centre, channel)]));
  return [...centre.queues.values()]
    .filter((queue) => !served.has(queue.id))
    .map((queue) => ({
      path: ['queues', queue.id, 'needs'],
      what: `no agent has all of ${needsText(queue.needs) || 'these needs'}, so callers of "${queue.id}" would wait in vain`,
      fix: 'give an agent these skills, or ask for less',
    }));
}
