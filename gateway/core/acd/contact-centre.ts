import { z } from 'zod';
import type { Language } from '../flow/flow-types.js';
import { diallingSchema, type Dialling } from '../flow/dialling.js';
import { openingHoursSchema, toOpeningHours, type HolidaysOf, type OpeningHours } from '../flow/opening-hours.js';
import type { AgentId, QueueId } from '../ids.js';
import { blockedSchema, toBlockedCallers, type BlockedCallers } from './blocked.js';
import { channelsSchema, toChannelRules } from './channel-config.js';
import { CHANNELS, type Channel, type ChannelRules } from './channels.js';
import { namesSchema, toNames, type Names } from './names.js';
import { queueSchema, toQueueConfig, type QueueConfig } from './queue-config.js';
import { STRATEGIES, type SkillLevel, type Strategy } from './queue-types.js';
import { slug } from './slug.js';

/** Where a call goes when neither its flow nor a person can be had: words and good-bye, or a transfer to another number. */
export type LastResort = { readonly do: 'tell'; readonly prompt: string } | { readonly do: 'transfer'; readonly to: string };

export interface ServiceNumberConfig {
  readonly number: string;
  readonly flowId: string;
  readonly language: Language;
  readonly lastResort: LastResort;
}

/** Where an agent takes calls. */
export interface PhoneConfig {
  /** Address of record: `sip:anna@vaxel`. */
  readonly address: string;
  /** `screen`: Accept rings an auto-answering phone. `phone`: the agent lifts the ringing phone. */
  readonly answer: 'phone' | 'screen';
}

export interface AgentConfig {
  readonly id: AgentId;
  readonly name: string;
  /** Null for an agent without voice. `passwordVariable`: as `tokenVariable`. */
  readonly phone: (PhoneConfig & { readonly passwordVariable: string }) | null;
  readonly skills: readonly SkillLevel[];
  readonly channels: readonly Channel[];
  /** May see why calls are offered to whom. */
  readonly isSupervisor: boolean;
  /** Name of the environment variable that holds the agent's secret; the file never holds a secret. */
  readonly tokenVariable: string;
}

export interface TrunkConfig {
  readonly id: string;
  /** Addresses and networks (CIDR) from which calls are taken without registration. */
  readonly addresses: readonly string[];
}

export interface Limits {
  /** Calls at the same time in one gateway process; more get 503 with Retry-After. */
  readonly maxCalls: number;
  readonly retryAfterSeconds: number;
  /** Longest wait in a queue before the number's last resort. */
  readonly maxWaitMs: number;
  /** How long a caller hears music while the queue's store does not answer before the number's last resort. */
  readonly storeWaitMs: number;
}

/** The contact centre as configured: checked, with every reference resolved to something that exists. */
export interface ContactCentre {
  /** SIP domain of the agents' phones. */
  readonly domain: string;
  readonly limits: Limits;
  /** By the number as written in the file. Look up with `findNumber`. */
  readonly numbers: ReadonlyMap<string, ServiceNumberConfig>;
  readonly strategy: Strategy;
  readonly channels: ChannelRules;
  readonly queues: ReadonlyMap<QueueId, QueueConfig>;
  /** Skill id → what people call it. */
  readonly skills: ReadonlyMap<string, Names>;
  readonly agents: ReadonlyMap<AgentId, AgentConfig>;
  /** `label` for who knows no language. */
  readonly dispositions: readonly { readonly id: string; readonly label: string; readonly names: Names }[];
  readonly notReadyReasons: readonly string[];
  readonly trunks: readonly TrunkConfig[];
  /** Opening hours by name; flows look at them. */
  readonly hours: ReadonlyMap<string, OpeningHours>;
  /** Which numbers callers may have dialled. */
  readonly dialling: Dialling;
  /** Callers who are not served. */
  readonly blocked: BlockedCallers;
}

/** Reasons that only the system sets: an agent's own list must not contain them. */
export const SYSTEM_REASONS: readonly string[] = ['signedIn', 'rona', 'busy', 'legFailed', 'agentLeft', 'screenLost', 'freed'];

/** The service number that was dialled, or null. `+46…`, `0046…` and `46…` are the same number. */
export function findNumber(centre: ContactCentre, dialled: string): ServiceNumberConfig | null {
  const wanted = numberKey(dialled);
  for (const service of centre.numbers.values()) if (numberKey(service.number) === wanted) return service;
  return null;
}

/** A number without the signs and the international prefix that writers differ in. */
export function numberKey(number: string): string {
  const bare = number.toLowerCase().replace(/[\s().-]/g, '');
  return /^(\+|00)?\d+$/.test(bare) ? bare.replace(/^(\+|00)/, '') : bare;
}

const text = z.string().trim().min(1).max(200);
const level = z.int().min(1).max(10);
const languages = ['sv', 'nb', 'en'] as const;
const secret = z.string().regex(/^env [A-Z][A-Z0-9_]{0,99}$/, '`env NAME`: the name of an environment variable, never the secret itself');
const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'an IP address or network, such as 192.0.2.10 or 192.0.2.0/24');
const phone = z.string().regex(/^sip:[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9.-]{1,255}$/, 'a SIP address such as sip:anna@vaxel');

const lastResortSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('tell'), prompt: slug }),
  z.strictObject({ do: z.literal('transfer'), to: z.string().regex(/^(\+?[0-9]{3,20}|sips?:[^\s@]{1,64}@[^\s@]{1,255})$/, 'a number or a SIP address') }),
]);

/** The sections of the file. */
export const contactCentreSchema = z.strictObject({
  domain: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, 'a host name such as vaxel or voice.example.com'),
  limits: z
    .strictObject({
      maxCalls: z.int().min(1).max(10_000).default(200),
      retryAfterSeconds: z.int().min(1).max(3_600).default(5),
      maxWaitMs: z.int().min(10_000).max(7_200_000).default(1_800_000),
      storeWaitMs: z.int().min(1_000).max(600_000).default(30_000),
    })
    .prefault({}),
  numbers: z.record(
    z.string().regex(/^(\+?[0-9]{3,20}|[a-z][a-z0-9-]{0,39})$/, 'a number such as "+46771000100" (in quotes) or a name'),
    z.strictObject({ flow: slug, language: z.enum(languages), lastResort: lastResortSchema }),
  ),
  queues: z.record(slug, queueSchema),
  /** Who is taken when several agents are idle, or several calls wait. */
  strategy: z.enum(STRATEGIES).default('longestIdle'),
  skills: z.record(slug, namesSchema),
  /** How much of each an agent takes at a time, and beside what. */
  channels: channelsSchema,
  agents: z.record(
    slug,
    z.strictObject({
      name: text,
      /** With `answer` for an agent who takes calls, and for no other (`phoneFaults`). */
      phone: phone.optional(),
      answer: z.enum(['phone', 'screen']).optional(),
      skills: z.record(slug, level),
      channels: z.array(z.enum(CHANNELS)).min(1).default(['voice']),
      supervisor: z.boolean().default(false),
      tokenFrom: secret.optional(),
      sipPasswordFrom: secret.optional(),
    }),
  ),
  hours: z.record(slug, openingHoursSchema).default({}),
  dialling: diallingSchema.prefault({}),
  blocked: blockedSchema.prefault({}),
  dispositions: z.record(slug, namesSchema),
  notReadyReasons: z.array(slug).min(1).max(40),
  trunks: z.record(slug, z.strictObject({ addresses: z.array(address).min(1).max(200) })).default({}),
});

export type ContactCentreFile = z.infer<typeof contactCentreSchema>;

/** Brings the checked file into the shape that the gateway uses. */
export function toContactCentre(file: ContactCentreFile, holidaysOf: HolidaysOf = () => new Set()): ContactCentre {
  const levels = (skills: Readonly<Record<string, number>>) => Object.entries(skills).map(([skill, value]) => ({ skill, level: value }));
  const numbers = Object.entries(file.numbers).map(([number, { flow, ...rest }]) => [number, { number, flowId: flow, ...rest }] as const);
  const queues = Object.entries(file.queues).map(([id, queue]) => toQueueConfig(id, queue)).map((queue) => [queue.id, queue] as const);
  const agents = Object.entries(file.agents).map(([id, { name, phone: address, answer, channels, tokenFrom, sipPasswordFrom, skills, supervisor }]) => {
    const own = address === undefined || answer === undefined ? null : { address, answer, passwordVariable: variable(id, sipPasswordFrom, 'SIP_PASSWORD') };
    const agent: AgentConfig = { id: id as AgentId, name, phone: own, skills: levels(skills), channels, isSupervisor: supervisor, tokenVariable: variable(id, tokenFrom, 'TOKEN') };
    return [agent.id, agent] as const;
  });
  return {
    domain: file.domain,
    limits: file.limits,
    numbers: new Map(numbers),
    strategy: file.strategy,
    channels: toChannelRules(file.channels),
    queues: new Map(queues),
    skills: new Map(Object.entries(file.skills).map(([id, written]) => [id, toNames(written)])),
    agents: new Map(agents),
    dispositions: Object.entries(file.dispositions).map(([id, written]) => ({ id, label: toNames(written).en, names: toNames(written) })),
    notReadyReasons: file.notReadyReasons,
    dialling: file.dialling,
    blocked: toBlockedCallers(file.blocked, file.dialling.country ?? null),
    hours: new Map(Object.entries(file.hours).map(([name, hours]) => [name, toOpeningHours(hours, holidaysOf)])),
    trunks: Object.entries(file.trunks).map(([id, trunk]) => ({ id, addresses: trunk.addresses })),
  };
}

function variable(agent: string, from: string | undefined, what: 'TOKEN' | 'SIP_PASSWORD'): string {
  return from?.slice('env '.length) ?? `VAXEL_AGENT_${agent.toUpperCase().replaceAll('-', '_')}_${what}`;
}
