import { randomBytes, randomUUID } from 'node:crypto';
import { ChildTools } from './adapters/author-tools/child-tools.js';
import { systemClock } from './adapters/clock/system-clock.js';
import { HttpConnectors } from './adapters/connectors/http-connectors.js';
import { HistoryDatabase } from './adapters/history/history-database.js';
import { RecordingTable } from './adapters/history/recording-store.js';
import { threadStoreOn } from './adapters/history/thread-store.js';
import { openHttp } from './adapters/http/open-http.js';
import { MessageFolder } from './adapters/messages/message-folder.js';
import { DayFiles } from './adapters/queue-log/day-files.js';
import { openCallerPlaces } from './adapters/redis/caller-places.js';
import { openCallStore } from './adapters/redis/call-store.js';
import { RedisFactStream } from './adapters/redis/fact-stream.js';
import { openQueue } from './adapters/redis/queue.js';
import { openReleaseStore } from './adapters/redis/release-store.js';
import { SpokenFiles } from './adapters/speech/spoken-files.js';
import { voicesOf } from './adapters/speech/voices.js';
import { trunkList, trunkListOf } from './adapters/telephony/admission.js';
import { createTelephony } from './adapters/telephony/telephony.js';
import { openScreens } from './adapters/ws/open-screens.js';
import type { SignInAgain } from './app/agent-seats.js';
import { findByToken } from './app/agent-tokens.js';
import { announcementsToWarm } from './app/announcements.js';
import { CallRunner } from './app/call-runner.js';
import { answerNews, CentreNews } from './app/centre-news.js';
import { Dispatcher } from './app/dispatcher.js';
import { DrainedGateways } from './app/drained-gateways.js';
import { FactGate } from './app/fact-gate.js';
import { FlowRecorder } from './app/flow-recorder.js';
import { FlowVersions } from './app/flow-versions.js';
import { KnowledgeTexts } from './app/knowledge-texts.js';
import { MessageDesk } from './app/message-desk.js';
import { FarScreens } from './app/far-screens.js';
import { NodeRelay } from './app/node-relay.js';
import { allWaiting } from './app/all-waiting.js';
import { QueueFigures } from './app/queue-figures.js';
import { QueueOperator } from './app/queue-operator.js';
import { RestingCallbacks } from './app/resting-callbacks.js';
import { Recordings } from './app/recordings.js';
import { authorRoutes } from './author-routes.js';
import type { Config } from './config.js';
import { queuesForCalls } from './core/acd/served.js';
import { brand, type NodeId, type RequestId } from './core/ids.js';
import { LiveContent } from './live-content.js';
import type { Log } from './ports/log.js';
import type { RecordingStore } from './ports/recording-store.js';
import type { LocalScreens } from './ports/screens.js';
import type { TelephonyFact } from './ports/telephony.js';
import type { ThreadStore } from './ports/thread-store.js';
import { projectFile } from './project.js';
import { wireAgents } from './wire-agents.js';

const LEASE_MS = 2_500;
/** Calls are served without the history as well; it is looked for in the background. */
const HISTORY_WAIT_MS = 500;
const CALL_POLL_MS = 50;

export interface Gateway {
  readonly httpUrl: string;
  /** What is alive now: calls, legs, timers, sockets; all 0 when idle. */
  counts(): Readonly<Record<string, number>>;
  /** Reads the content again; a broken one is refused and the old one goes on serving. */
  reload(): void;
  /** Refuses new calls, lets those in progress end for a while, then closes all. */
  stop(): Promise<void>;
}

/** What is kept of calls that are over. Closing the thread closes both. */
export interface History {
  readonly thread: ThreadStore;
  readonly recordings: RecordingStore;
}

export interface Surroundings {
  /** Secrets and addresses that the content names. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** In place of the database. */
  readonly history?: History;
  /** Sees every fact of the telephony before the calls do. */
  readonly onFact?: (fact: TelephonyFact) => void;
}

/** Wires the gateway and starts it: stores first, then screens, media, and SIP last. Throws ContentError for faulty content. */
export async function startGateway(config: Config, around: Surroundings): Promise<Gateway> {
  const { environment, log } = around;
  const clock = systemClock;
  const node = brand<NodeId>(`${config.node}-${randomBytes(4).toString('hex')}`);
  const content = await LiveContent.open({ config, environment, clock, log });
  const { catalogue } = content;
  const { centre } = catalogue.content;

  const queue = openQueue({ url: config.redisUrl, tenant: config.tenant, log });
  const store = openCallStore({ url: config.redisUrl, tenant: config.tenant, log });
  const country = (): string | null => catalogue.content.centre.dialling.country ?? null;
  const places = openCallerPlaces({ url: config.redisUrl, tenant: config.tenant, country, log });
  const figures = new QueueFigures({
    stream: new RedisFactStream({ url: config.redisUrl, tenant: config.tenant, log }),
    waiting: () => allWaiting(queue),
    archive: new DayFiles({ folder: config.queueLog.folder, node: config.node, keepDays: config.queueLog.keepDays, log }),
    node,
    clock,
    log,
  });
  const { thread, recordings } = around.history ?? (await openHistory(config, { country, log }));
  const recorder = new FlowRecorder({ recordings, keptDays: config.recordingDays, clock, log });
  const releases = openReleaseStore({ url: config.redisUrl, tenant: config.tenant, log });
  const versions = new FlowVersions({ store: releases, files: catalogue.files, log });
  const connectors = new HttpConnectors({ files: () => catalogue.content.connectors, environment, log });
  const speech = new SpokenFiles({ folder: config.speechDir, log, voices: voicesOf(() => catalogue.content.speech, { environment, log }) });
  const texts = new KnowledgeTexts({ flows: versions, connectors, clock, log, onTexts: (words) => prerender(words) });
  const messages = new MessageFolder({ folder: config.messages.folder, log });
  const [isConfiguredTrunk, isTrunkOfContent] = [trunkList(config.trunks), trunkListOf(() => catalogue.trunkAddresses())];
  const telephony = createTelephony({
    drachtio: config.drachtio,
    mediaServers: config.mediaServers,
    listenAddress: config.callbackHost,
    domain: centre.domain,
    isTrunk: (address) => isConfiguredTrunk(address) || isTrunkOfContent(address),
    maxCalls: Math.min(config.maxCalls, centre.limits.maxCalls),
    registrations: { save: (r) => store.saveRegistration(r), find: (aor) => store.registration(aor), remove: (aor) => store.removeRegistration(aor) },
    outboundTrunk: config.outboundTrunk,
    passwordOf: (user) => catalogue.passwordOf(user),
    nonceSecret: config.apiToken,
    now: () => clock.now(),
    log,
  });

  const prerender = (words: Parameters<SpokenFiles['prerender']>[0]): void => {
    speech.prerender(words).catch((error: unknown) => log.warn({ err: String(error) }, 'prompts not rendered ahead'));
  };
  const signInAgain = (why: SignInAgain): Promise<void> => desk.signInAgain(why).catch((error: unknown) => log.warn({ err: String(error) }, 'agents not signed in again'));
  // The screens need the desk as their host and the desk needs the screens: the desk gets a late-bound one.
  const late: { screens: LocalScreens | null; far: FarScreens | null } = { screens: null, far: null };
  const screens: LocalScreens = {
    push: (...args) => late.screens?.push(...args) ?? Promise.resolve({ sentAt: null, acknowledgedAt: null }),
    closeReplaced: (agentId) => late.screens?.closeReplaced(agentId),
  };
  const calls = new CallRunner({
    telephony,
    speech,
    connectors,
    queue,
    screens: { push: (...args) => (late.far ?? screens).push(...args) },
    thread,
    messages,
    record: (fact) => figures.record(fact),
    waits: figures.waits,
    store,
    places,
    supersede: (callback) => callbacks.supersede(callback),
    recorder,
    centre: catalogue.centre,
    flows: texts,
    promptFile: (file) => `${config.promptsDir}/${file}`,
    node,
    clock,
    log,
    onStoreReturned: () => void signInAgain('storeReturned'),
  });
  const far: FarScreens = new FarScreens({ queue, store, node, relay: () => relay, screens, calls: calls.commands, isHere: (agentId) => desk.hasScreen(agentId) });
  const relay: NodeRelay = new NodeRelay({ queue, node, clock, log, answer: (body) => answerNews(body, content.centre) ?? callbacks.answer(body) ?? gateways.answer(body) ?? far.answer(body) });
  const gateways = new DrainedGateways({ store, node, relay: () => relay, telephony, log });
  const callbacks: RestingCallbacks = new RestingCallbacks({ store, centre: catalogue.centre, node, relay: () => relay, calls: calls.orders, log });
  late.far = far;
  const agents = wireAgents({ config, catalogue, queue, screens, calls: far, figures, node, clock, log });
  const { desk } = agents;
  const news = new CentreNews({ queue, node, relay: () => relay, log });
  content.listen({
    changed: async () => {
      await versions.filesChanged();
      void texts.fetchFor(catalogue.content.flows.values());
      await signInAgain('reload');
      calls.followCentre();
      await agents.items.followCentre();
    },
    tell: (version) => news.tell(version),
    against: (changed) => versions.faultsUnder(changed.library),
  });
  const operator = new QueueOperator({ queue, seats: agents.seats, items: agents.items, callbacks, calls: store, queues: () => ({ all: [...catalogue.content.centre.queues.keys()], forCalls: queuesForCalls(catalogue.content.centre) }), gateways, newRequestId: () => brand<RequestId>(randomUUID()), log });
  const messageDesk = new MessageDesk({ messages, thread, centre: catalogue.centre, keepDays: config.messages.keepDays, source: `/vaxel/${node}`, clock, log });
  const http = await openHttp({
    host: config.http.host,
    port: config.http.port,
    deskFolders: [projectFile('gateway', 'desk', 'page'), projectFile('dist', 'page', 'desk', 'page')],
    log,
    routes: {
      health: () => ({ isUp: telephony.isUp() && calls.mayTakeCalls(), ...calls.counts(), ...telephony.counts() }),
      agentOf: (token) => findByToken(catalogue.deskAgents(), token)?.id ?? null,
      skillName: (id) => catalogue.centre.skillName(id),
      isSupervisor: (token) => findByToken(catalogue.deskAgents(), token)?.isSupervisor === true,
      endOf: (sipCallId) => calls.ended.find(sipCallId),
      thread,
      messages: messageDesk,
      queue: operator,
      items: agents.items,
      figures,
      apiToken: config.apiToken,
      tools: new ChildTools({ flowsDir: () => config.flowsDir, command: projectFile('bin', 'vaxel.js') }),
      ...authorRoutes({ catalogue, content, versions, releases, replays: new Recordings({ store: recordings, clock }), thread, clock, log }),
      centre: content.centre,
    },
  });
  const openedScreens = openScreens({ server: http.server, host: desk, clock, log, allowedOrigins: config.http.origins });
  late.screens = openedScreens;

  const dispatcher = new Dispatcher({
    queue,
    node,
    clock,
    log,
    onEvent: async (event) => {
      if (event.type === 'node.message') return relay.heard(event.text);
      const why = calls.reasonOf(event);
      calls.onQueueEvent(event, why);
      figures.onQueueEvent(event, why);
      await desk.onQueueEvent(event);
    },
    keep: async () => {
      await calls.keep(LEASE_MS);
      await gateways.note().catch(() => undefined); // the calls tell of a store that is away
    },
  });
  // A caller gets the versions that are live for all gateways, so the logs are asked before the call begins.
  const gate = new FactGate({ before: async () => void (await Promise.all([versions.refresh(), content.centre.refresh()])), pass: (fact) => calls.onFact(fact) });
  /** Callers who are still to be heard out: on the line, arriving, or gone just now with the end of their call not noted yet. */
  const callsLeft = ({ legs = 0, arriving = 0 } = telephony.counts()): number => legs + arriving + gate.size + calls.busy;
  telephony.onFact((fact) => {
    around.onFact?.(fact);
    gate.take(fact);
  });
  await Promise.all([calls.keep(LEASE_MS), figures.start()]);
  dispatcher.start();
  recorder.start();
  messageDesk.start();
  prerender([...announcementsToWarm(), ...catalogue.fixedWords()]);
  void texts.fetchFor(catalogue.content.flows.values());
  await telephony.start();
  await content.centre.serving();

  return {
    httpUrl: http.url,
    counts: () => ({ ...calls.counts(), ...telephony.counts(), ...openedScreens.counts() }),
    reload: () => void content.reload(),
    stop: async () => {
      gateways.stop();
      await drained(callsLeft, config.drainMs);
      await telephony.close();
      await openedScreens.close();
      await http.close();
      messageDesk.close();
      dispatcher.close();
      texts.close();
      calls.close();
      recorder.close();
      await Promise.all([agents.close(), figures.close(), queue.close(), store.close(), places.close(), thread.close(), speech.close(), releases.close(), content.close()]);
    },
  };
}

async function openHistory(config: Config, { country, log }: { readonly country: () => string | null; readonly log: Log }): Promise<History> {
  const database = new HistoryDatabase({ url: config.databaseUrl, log, openWithinMs: HISTORY_WAIT_MS });
  const recordings = new RecordingTable(database);
  const thread = await threadStoreOn(database, { country, log, ...(config.sampleThread === null ? {} : { samplesFile: config.sampleThread }) });
  return { thread, recordings };
}

/** Waits until no call is left, at the longest so many ms. */
async function drained(callsLeft: () => number, limitMs: number): Promise<void> {
  for (const until = Date.now() + limitMs; callsLeft() > 0 && Date.now() < until; ) await new Promise((resolve) => setTimeout(resolve, CALL_POLL_MS));
}
