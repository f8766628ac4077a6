import { LAST_AGENT } from '../flow/kinds/agent-wish.js';
import { loadYaml } from '../flow/load.js';
import type { Loaded } from '../flow/load.js';
import { openingHoursFaults, type HolidaysOf } from '../flow/opening-hours.js';
import type { Finding } from '../flow/problem.js';
import { orOneOf } from '../meant.js';
import { blockedNumberFaults, blockedWhy } from './blocked.js';
import { CHANNELS } from './channels.js';
import { contactCentreSchema, numberKey, SYSTEM_REASONS, toContactCentre } from './contact-centre.js';
import type { ContactCentre, ContactCentreFile } from './contact-centre.js';
import { addressFault } from './network.js';
import { queueFaults, type FindMusic } from './queue-faults.js';

/** What the file may refer to outside itself. What is left out is not checked. */
export interface CentreSurroundings {
  readonly flows?: ReadonlySet<string>;
  /** Shared prompts, for `lastResort: { do: tell }`. */
  readonly prompts?: ReadonlySet<string>;
  /** Music that queues may name. */
  readonly findMusic?: FindMusic;
  /** Public holidays; without them no day is one. */
  readonly holidaysOf?: HolidaysOf;
}

/** Reads the contact centre's file. Every error is returned, each with file, line, what is wrong and the fix. Never throws. */
export function loadContactCentre(source: string, fileName: string, around: CentreSurroundings = {}): Loaded<ContactCentre> {
  const loaded = loadYaml(source, fileName, contactCentreSchema);
  if (!loaded.ok) return loaded;
  const { value: file, problemsOf } = loaded.value;
  const centre = toContactCentre(file, around.holidaysOf);
  const findings = [numberFaults(file, around), agentSkillFaults(file), agentFaults(file), phoneFaults(file), reasonFaults(file), listFaults(file), hoursFaults(file), queueFaults(file, centre, around), blockedFaults(file, centre, around)].flat();
  return findings.length === 0 ? { ok: true, value: centre } : { ok: false, problems: problemsOf(findings) };
}

function numberFaults(file: ContactCentreFile, around: CentreSurroundings): Finding[] {
  const seen = new Map<string, string>();
  return Object.entries(file.numbers).flatMap(([number, service]) => {
    const findings: Finding[] = [];
    const twin = seen.get(numberKey(number));
    seen.set(numberKey(number), number);
    if (twin !== undefined) findings.push({ path: ['numbers', number], what: `"${number}" is the same number as "${twin}"`, fix: 'remove one of them' });
    if (around.flows && !around.flows.has(service.flow)) {
      findings.push({ path: ['numbers', number, 'flow'], what: `there is no flow "${service.flow}"`, fix: orOneOf(service.flow, around.flows, `write flows/${service.flow}.yaml`) });
    }
    const last = service.lastResort;
    if (last.do === 'transfer' && numberKey(last.to) === numberKey(number)) findings.push({ path: ['numbers', number, 'lastResort', 'to'], what: 'callers would be sent to the number that they called, again and again', fix: 'transfer to another number, or tell a prompt' });
    if (last.do === 'tell' && around.prompts && !around.prompts.has(last.prompt)) {
      findings.push({ path: ['numbers', number, 'lastResort', 'prompt'], what: `there is no shared prompt "${last.prompt}"`, fix: orOneOf(last.prompt, around.prompts, 'write the prompt') });
    }
    return findings;
  });
}

function blockedFaults(file: ContactCentreFile, centre: ContactCentre, around: CentreSurroundings): Finding[] {
  const { blocked } = file;
  const { announce } = blocked;
  const findings: Finding[] = [];
  if (announce !== undefined && around.prompts && !around.prompts.has(announce)) {
    findings.push({ path: ['blocked', 'announce'], what: `there is no shared prompt "${announce}"`, fix: orOneOf(announce, around.prompts, 'write the prompt') });
  }
  findings.push(...blockedNumberFaults(blocked, file.dialling.country ?? null).map(({ path, ...finding }) => ({ ...finding, path: ['blocked', 'numbers', ...path] })));
  const own = [...centre.numbers.keys()].find((number) => blockedWhy(centre.blocked, number) === 'number');
  // Somebody forwards one service number to another: they would be refused.
  if (own !== undefined) findings.push({ path: ['blocked', 'numbers'], what: `the service number "${own}" is among the blocked ones`, fix: 'take it out' });
  return findings;
}

function agentSkillFaults(file: ContactCentreFile): Finding[] {
  return Object.entries(file.agents).flatMap(([id, agent]) =>
    Object.keys(agent.skills).flatMap((skill) =>
      Object.hasOwn(file.skills, skill) ? [] : [{ path: ['agents', id, 'skills', skill], what: `there is no skill "${skill}"`, fix: orOneOf(skill, Object.keys(file.skills), `add "${skill}" to skills`) }],
    ),
  );
}

function agentFaults(file: ContactCentreFile): Finding[] {
  const phones = new Map<string, string>();
  const variables = new Map<string, string>();
  return [...toContactCentre(file).agents.values()].flatMap((agent) => {
    const findings: Finding[] = [];
    if (agent.id === LAST_AGENT) findings.push({ path: ['agents', agent.id], what: `in flows "${LAST_AGENT}" is whoever spoke to the customer last`, fix: 'give the agent another id' });
    const address = agent.phone?.address ?? null;
    if (address !== null) {
      const [user, domain] = [address.slice(0, address.indexOf('@')), address.slice(address.indexOf('@') + 1)];
      if (domain.toLowerCase() !== file.domain.toLowerCase()) {
        findings.push({ path: ['agents', agent.id, 'phone'], what: `the phone's domain "${domain}" is not this centre's domain "${file.domain}"`, fix: `write ${user}@${file.domain}` });
      }
      const other = phones.get(address.toLowerCase());
      if (other !== undefined) findings.push({ path: ['agents', agent.id, 'phone'], what: `"${other}" has the same phone`, fix: 'give each agent a phone address of their own' });
      phones.set(address.toLowerCase(), agent.id);
    }
    for (const [key, name] of [['tokenFrom', agent.tokenVariable], ['sipPasswordFrom', agent.phone?.passwordVariable]] as const) {
      if (name === undefined) continue;
      const user = variables.get(name);
      if (user !== undefined) findings.push({ path: ['agents', agent.id, key], what: `the variable ${name} is already used by "${user}"`, fix: `name another one with ${key}` });
      variables.set(name, agent.id);
    }
    return findings;
  });
}

/** Calls need a phone, and nothing else does. */
function phoneFaults(file: ContactCentreFile): Finding[] {
  return Object.entries(file.agents).flatMap(([id, agent]) => {
    const takesCalls = agent.channels.includes('voice');
    if (takesCalls && agent.phone === undefined) {
      return [{ path: ['agents', id], what: `"${id}" takes calls and has no phone`, fix: `add \`phone: sip:${id}@${file.domain}\` and \`answer\`, or list \`channels\` without voice, such as [chat]` }];
    }
    if (takesCalls && agent.answer === undefined) return [{ path: ['agents', id, 'phone'], what: `nothing says how "${id}" answers the phone`, fix: 'add `answer: phone` (it is lifted) or `answer: screen` (Accept on the desk)' }];
    if (takesCalls) return [];
    return (['phone', 'answer', 'sipPasswordFrom'] as const)
      .filter((key) => agent[key] !== undefined)
      .map((key) => ({ path: ['agents', id, key], what: `"${id}" takes no calls, so ${key === 'phone' ? 'a phone would never ring' : 'this says nothing'}`, fix: `add voice to the channels of "${id}", or remove this` }));
  });
}

function reasonFaults(file: ContactCentreFile): Finding[] {
  return file.notReadyReasons.flatMap((reason, at) =>
    SYSTEM_REASONS.some((own) => own.toLowerCase() === reason) ? [{ path: ['notReadyReasons', at], what: `"${reason}" is a reason that the system sets by itself`, fix: 'choose another word' }] : [],
  );
}

/** What says nothing more in a list, or something else than it seems to. */
function listFaults({ agents, channels, trunks, notReadyReasons }: ContactCentreFile): Finding[] {
  const blocks = CHANNELS.map((channel) => ({ channel, list: channels[channel].blocks, path: ['channels', channel, 'blocks'] }));
  const lists: readonly { readonly list: readonly string[]; readonly path: readonly string[] }[] = [
    ...blocks,
    ...Object.entries(agents).map(([id, agent]) => ({ list: agent.channels, path: ['agents', id, 'channels'] })),
    { list: notReadyReasons, path: ['notReadyReasons'] },
    ...Object.entries(trunks).map(([id, { addresses }]) => ({ list: addresses, path: ['trunks', id, 'addresses'] })),
  ];
  const twice = lists.flatMap(({ list, path }) => list.flatMap((one, at) => (list.indexOf(one) === at ? [] : [{ path: [...path, at], what: `"${one}" is listed twice`, fix: 'remove one of them' }])));
  const itself = blocks.flatMap(({ channel, list, path }) => list.flatMap((one, at) => (one === channel ? [{ path: [...path, at], what: `${channel} does not block itself: its slots are its limit`, fix: 'remove it' }] : [])));
  const networks = Object.entries(trunks).flatMap(([id, { addresses }]) =>
    addresses.flatMap((address, at) => {
      const fault = addressFault(address);
      return fault === null ? [] : [{ path: ['trunks', id, 'addresses', at], ...fault }];
    }),
  );
  return [...twice, ...itself, ...networks];
}

/** Faults of the opening hours, by name. */
const hoursFaults = (file: ContactCentreFile): Finding[] =>
  Object.entries(file.hours).flatMap(([name, hours]) => openingHoursFaults(hours).map(({ path, ...finding }) => ({ ...finding, path: ['hours', name, ...path] })));
