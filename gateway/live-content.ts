import { openCentreStore } from './adapters/redis/centre-store.js';
import { CentreVersions } from './app/centre-versions.js';
import { Catalogue } from './catalogue.js';
import type { Config } from './config.js';
import type { CentreFolder } from './app/centre-folder.js';
import { centreFile, ContentError, type Content } from './content.js';
import { contentJobs } from './content-jobs.js';
import { ContentThread } from './content-thread.js';
import type { Loaded } from './core/flow/load.js';
import { hoursAt } from './core/flow/opening-hours.js';
import { formatProblem, type Problem } from './core/flow/problem.js';
import type { Clock } from './ports/clock.js';
import type { Log } from './ports/log.js';

export interface LiveContentOptions {
  readonly config: Pick<Config, 'flowsDir' | 'redisUrl' | 'tenant' | 'node'>;
  /** Secrets and addresses that the content names. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is to know of other content, and who brings it to other gateways. */
export interface ContentListeners {
  /** The catalogue has it by now. Does not reject. */
  readonly changed: () => Promise<void>;
  /** See `CentreVersions`. */
  readonly tell: (version: string) => Promise<readonly string[]>;
  readonly against: (content: Content) => Promise<readonly Problem[]>;
}

/** The content that serves: the folder of authors, with the contact centre as its log says. */
export class LiveContent {
  /** Until they are there, nobody is to know. */
  private listeners: ContentListeners = { changed: () => Promise.resolve(), tell: () => Promise.resolve([]), against: () => Promise.resolve([]) };

  private constructor(
    readonly catalogue: Catalogue,
    private readonly parts: { readonly centre: CentreVersions<Content>; readonly beside: ContentThread },
    private readonly log: Log,
  ) {}

  get centre(): CentreVersions<Content> {
    return this.parts.centre;
  }

  /** Throws ContentError for faulty content. */
  static async open({ config, environment, clock, log }: LiveContentOptions): Promise<LiveContent> {
    const store = openCentreStore({ url: config.redisUrl, tenant: config.tenant, log });
    const place = { folder: config.flowsDir, environment };
    const [here, beside] = [contentJobs(place), new ContentThread(place)];
    const late: { live: LiveContent | null } = { live: null };
    const folder: CentreFolder<Content> = {
      file: () => centreFile(config.flowsDir),
      // As long as nothing serves there is nobody to hold up.
      check: async (text) => askedOnce(late.live === null ? here.check(text) : await beside.ask('check', text), clock),
      withSkills: (...what) => beside.ask('withSkills', ...what),
      changes: (...texts) => beside.ask('changes', ...texts),
    };
    const use = async (content: Content): Promise<void> => {
      late.live?.catalogue.replace(content);
      await late.live?.listeners.changed();
    };
    const centre = new CentreVersions<Content>({ store, folder, use, tell: (version) => late.live?.listeners.tell(version) ?? Promise.resolve([]), against: (content) => late.live?.listeners.against(content) ?? Promise.resolve([]), node: config.node, clock, log });
    const first = await soundOr(await centre.begin(), () => centre.close());
    late.live = new LiveContent(new Catalogue(first, environment), { centre, beside }, log);
    return late.live;
  }

  /** From now on they know. */
  listen(listeners: ContentListeners): void {
    this.listeners = listeners;
  }

  /** Reads the folder again; what is wrong with it, or null. A faulty one changes nothing. */
  async reload(): Promise<string | null> {
    const problems = await this.centre.reload().then((found) => found.map(formatProblem), (error: unknown) => [`the folder could not be read: ${error instanceof Error ? error.message : String(error)}`]);
    if (problems.length > 0) {
      this.log.error({ problems }, 'content refused, the old one goes on serving');
      return problems.join('\n');
    }
    this.log.info({ flows: [...this.catalogue.content.flows.values()].map((flow) => `${flow.id}@${flow.version}`) }, 'content reloaded');
    return null;
  }

  async close(): Promise<void> {
    await this.parts.centre.close();
    await this.parts.beside.close();
  }
}

/** What takes its time when it is first asked for is asked before there is a caller who would wait. */
function askedOnce(loaded: Loaded<Content>, clock: Clock): Loaded<Content> {
  if (loaded.ok) for (const hours of loaded.value.centre.hours.values()) hoursAt(hours, clock.now());
  return loaded;
}

async function soundOr(loaded: Loaded<Content>, close: () => Promise<void>): Promise<Content> {
  if (loaded.ok) return loaded.value;
  await close();
  throw new ContentError(loaded.problems.map(formatProblem).join('\n'));
}
