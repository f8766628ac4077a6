import { createHash, timingSafeEqual } from 'node:crypto';
import type { Channel } from '../core/acd/channels.js';
import type { PhoneConfig } from '../core/acd/contact-centre.js';
import type { SkillLevel } from '../core/acd/queue-types.js';
import type { AgentId } from '../core/ids.js';

/** An agent as the desk knows them. */
export interface DeskAgent {
  readonly id: AgentId;
  readonly name: string;
  /** Null for an agent without voice. */
  readonly phone: PhoneConfig | null;
  readonly skills: readonly SkillLevel[];
  readonly channels: readonly Channel[];
  readonly isSupervisor: boolean;
  /** `tokenDigest(token)`; the token itself is not kept. */
  readonly tokenSha256: string;
}

/** SHA-256 of a sign-in token, hex. Tokens are long random strings, so no salt or stretching is needed. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The agent with this token. Compares with every agent's digest in constant time, so that timing tells nothing. */
export function findByToken(agents: readonly DeskAgent[], token: string): DeskAgent | null {
  const digest = Buffer.from(tokenDigest(token), 'hex');
  let found: DeskAgent | null = null;
  for (const agent of agents) {
    const own = Buffer.from(agent.tokenSha256, 'hex');
    if (own.length === digest.length && timingSafeEqual(own, digest)) found = agent;
  }
  return found;
}
