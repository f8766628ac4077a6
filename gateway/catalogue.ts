import type { AgentSettings, Centre } from './app/centre.js';
import type { FlowFiles } from './app/flow-versions.js';
import type { DeskAgent } from './app/agent-tokens.js';
import { tokenDigest } from './app/agent-tokens.js';
import { BLOCKED_FLOW, blockedWhy } from './core/acd/blocked.js';
import { DEFAULT_MUSIC } from './core/acd/queue-config.js';
import { findNumber } from './core/acd/contact-centre.js';
import { toNames } from './core/acd/names.js';
import type { Language, Utterance } from './core/flow/flow-types.js';
import { hoursAt } from './core/flow/opening-hours.js';
import { wordsToWarm } from './core/flow/load-flow-set.js';
import type { AgentId } from './core/ids.js';
import { sourceOf, type Content } from './content.js';
import { findMusic, musicFolder } from './music-folder.js';

/** The content as it stands in the folder; replaced as a whole by a reload. */
export class Catalogue {
  /** Made of the content when first asked for. */
  private made: { readonly agents: readonly DeskAgent[]; readonly trunks: readonly string[] } | null = null;

  private readonly music = new Map<string, readonly string[]>();

  constructor(
    private now: Content,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  get content(): Content {
    return this.now;
  }

  replace(content: Content): void {
    this.now = content;
    this.made = null;
    this.music.clear();
  }

  /** What publishing needs of the folder. */
  readonly files: FlowFiles = {
    flows: () => this.now.flows,
    library: () => this.now.library,
    source: (flowId) => sourceOf(this.now, flowId),
  };

  readonly centre: Centre = {
    number: (dialled) => {
      const found = findNumber(this.now.centre, dialled);
      return found === null ? null : { flowId: found.flowId, language: found.language, lastWords: this.lastWords(found.lastResort), lastResortTarget: found.lastResort.do === 'transfer' ? found.lastResort.to : null };
    },
    blocked: (ani) => {
      const { blocked } = this.now.centre;
      const why = blockedWhy(blocked, ani);
      return why === null ? null : { why, flowId: blocked.announce === null ? null : BLOCKED_FLOW };
    },
    queue: (id) => {
      const queue = this.now.centre.queues.get(id);
      return queue === undefined ? null : { ...queue, name: queue.names.en, musicFiles: this.musicOf(queue.music) };
    },
    skillName: (id) => this.now.centre.skills.get(id) ?? null,
    strategy: () => this.now.centre.strategy,
    prompt: (id, language) => this.sharedPrompt(id, language),
    isOpen: (hours, at) => {
      const known = this.now.centre.hours.get(hours);
      return known === undefined || hoursAt(known, at).state === 'open';
    },
    agent: (id) => this.agentSettings(id),
    maxWaitMs: () => this.now.centre.limits.maxWaitMs,
    incidents: () => this.now.incidents,
    disposition: (id) => this.now.centre.dispositions.find((known) => known.id === id)?.names ?? toNames(id),
  };

  deskAgents(): readonly DeskAgent[] {
    return this.ofContent().agents;
  }

  /** Addresses and networks that may send calls; the same array until the content is replaced. */
  trunkAddresses(): readonly string[] {
    return this.ofContent().trunks;
  }

  private ofContent(): NonNullable<typeof this.made> {
    this.made ??= { agents: this.agentsWithToken(), trunks: this.now.centre.trunks.flatMap((trunk) => trunk.addresses) };
    return this.made;
  }

  private agentsWithToken(): readonly DeskAgent[] {
    return [...this.now.centre.agents.values()].flatMap((agent) => {
      const token = this.environment[agent.tokenVariable];
      // An agent without a token cannot sign in; an empty one would let anybody in.
      return token ? [{ id: agent.id, name: agent.name, phone: agent.phone, skills: agent.skills, channels: agent.channels, isSupervisor: agent.isSupervisor, tokenSha256: tokenDigest(token) }] : [];
    });
  }

  /** The SIP password of the phone with this user name, or null. */
  passwordOf(user: string): string | null {
    const agent = [...this.now.centre.agents.values()].find(({ phone }) => phone?.address.toLowerCase().startsWith(`sip:${user.toLowerCase()}@`));
    return (agent?.phone && this.environment[agent.phone.passwordVariable]) || null;
  }

  /** All words that need no value of a call, so that they can be spoken before the first one. */
  fixedWords(): readonly { readonly language: Language; readonly text: string }[] {
    const unique = new Map([...this.now.flows.values()].flatMap(wordsToWarm).map((words) => [`${words.language}:${words.text}`, words]));
    return [...unique.values()];
  }

  private agentSettings(id: AgentId): AgentSettings | null {
    const agent = this.now.centre.agents.get(id);
    return agent === undefined ? null : { id, name: agent.name, phone: agent.phone, isSupervisor: agent.isSupervisor };
  }

  /** The files of that music; none for the default, and for music that is gone by now. */
  private musicOf(name: string): readonly string[] {
    if (name === DEFAULT_MUSIC) return [];
    const known = this.music.get(name);
    if (known !== undefined) return known;
    const there = findMusic(musicFolder(this.environment), name);
    const files = there.found === 'files' ? there.files : [];
    this.music.set(name, files);
    return files;
  }

  private lastWords(last: { readonly do: 'tell'; readonly prompt: string } | { readonly do: 'transfer'; readonly to: string }): (language: Language) => readonly Utterance[] {
    if (last.do === 'transfer') return () => [];
    return (language) => this.sharedPrompt(last.prompt, language);
  }

  private sharedPrompt(id: string, language: Language): readonly Utterance[] {
    const prompt = this.now.prompts.get(id);
    const text = prompt?.[language] ?? '';
    const file = prompt?.files?.[language];
    return text === '' ? [] : [{ promptId: id, language, text, ...(file === undefined ? {} : { file }) }];
  }
}
