import { randomUUID } from 'node:crypto';
import { APPLICATIONS, UNSUPPORTED_APPLICATIONS } from './applications.js';
import type { Channel, ExecuteRequest } from './channel.js';

const MIN_LOOP_MS = 500;

/** Runs one application: CHANNEL_EXECUTE, the application, CHANNEL_EXECUTE_COMPLETE. */
export async function execute(channel: Channel, request: ExecuteRequest): Promise<void> {
  const app = APPLICATIONS[request.app];
  if (app === undefined) return refuse(channel, request.app);
  const arg = channel.vars.expand(request.arg);
  channel.vars.set('current_application', request.app);
  channel.vars.set('current_application_data', arg);
  channel.response = undefined;
  const headers = { Application: request.app, 'Application-Data': arg };
  channel.emit('CHANNEL_EXECUTE', { ...headers, 'Application-UUID': request.uuid });
  await app(channel, arg, request);
  channel.emit('CHANNEL_EXECUTE_COMPLETE', { ...headers, 'Application-Response': channel.response ?? '_none_', 'Application-UUID': request.uuid });
}

/** An application that a client asked for; repeated if it says so and one round is not suspiciously short. */
export async function performRequest(channel: Channel, request: ExecuteRequest): Promise<void> {
  for (let loop = 0; loop < request.loops; loop++) {
    const startedAtMs = channel.owner.settings.clock.now();
    await execute(channel, loop === 0 ? request : { ...request, uuid: randomUUID() });
    if (channel.turn !== undefined || channel.owner.settings.clock.now() - startedAtMs < MIN_LOOP_MS) return;
  }
}

/** The real server hangs the channel up for an unknown application. The stand-in does the same for those that it has not, and says so. */
function refuse(channel: Channel, app: string): void {
  const isKnown = UNSUPPORTED_APPLICATIONS.has(app);
  channel.owner.log.error({ uuid: channel.uuid, app }, isKnown ? 'application not supported by the softswitch' : 'unknown application');
  channel.hangup('DESTINATION_OUT_OF_ORDER');
}
