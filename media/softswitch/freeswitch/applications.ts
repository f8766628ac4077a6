import { hold } from './activity.js';
import type { Channel, ExecuteRequest } from './channel.js';
import { causeNamed } from './hangup-cause.js';
import { splitWords } from './inline-dialplan.js';
import { park } from './park.js';
import { playback } from './playback.js';
import { record } from './record.js';
import { socketApplication } from './socket-application.js';

type Application = (channel: Channel, arg: string, request: ExecuteRequest) => void | Promise<void>;

function answer(channel: Channel): void {
  if (channel.answerState !== 'ringing') return;
  channel.leg.answer();
  channel.answerState = 'early';
  channel.emit('CHANNEL_PROGRESS_MEDIA');
  channel.setCallState('EARLY');
  channel.answerState = 'answered';
  channel.emit('CHANNEL_ANSWER');
  channel.setCallState('ACTIVE');
}

/** `name=value`; a missing value removes the variable. */
function setVariable(channel: Channel, assignment: string): void {
  const equals = assignment.indexOf('=');
  const name = (equals < 0 ? assignment : assignment.slice(0, equals)).trim();
  if (name !== '') channel.vars.set(name, equals < 0 ? '' : assignment.slice(equals + 1));
}

/** `a=1 b=2`, or with another separator `^^^a=1^b=2`. */
function multiset(channel: Channel, arg: string): void {
  const custom = /^\^\^(.)(.*)$/s.exec(arg);
  const [separator, list] = custom === null ? [' ', arg] : [custom[1] ?? ' ', custom[2] ?? ''];
  for (const assignment of list.split(separator)) setVariable(channel, assignment);
}

/** Sets a variable and names it for legs made later; `nolocal:` only names it. */
function exportVariable(channel: Channel, arg: string): void {
  if (!arg.startsWith('nolocal:')) setVariable(channel, arg);
  const name = arg.split('=')[0] ?? '';
  const names = new Set((channel.vars.get('export_vars') ?? '').split(',').filter((known) => known !== ''));
  channel.vars.set('export_vars', [...names.add(name)].join(','));
}

async function sleep(channel: Channel, arg: string): Promise<void> {
  const ms = Number(arg);
  if (!(ms > 0)) return;
  const activity = { ending: undefined, isBreakable: true };
  const cancel = channel.owner.settings.clock.setTimer(ms, () => channel.finish(activity, 'done'));
  await hold(channel, activity);
  cancel();
}

function sendDtmf(channel: Channel, arg: string): void {
  if (!channel.media.sendDigits(arg)) channel.owner.log.warn({ uuid: channel.uuid }, 'keys not sent: the peer takes no telephone-event');
}

function setMute(channel: Channel, arg: string): void {
  const [direction, state] = splitWords(arg);
  if (direction !== 'read') return channel.owner.log.error({ uuid: channel.uuid, direction }, 'set_mute other than read not supported by the softswitch');
  channel.media.isReadMuted = state === 'true' || Number(state) > 0;
}

async function parkApplication(channel: Channel): Promise<void> {
  // Asked for inside a park it has nothing to do.
  if (!channel.isParked) await park(channel);
}

/** What a channel can execute. Anything else ends it, as an unknown application does on the real server. */
export const APPLICATIONS: Readonly<Record<string, Application | undefined>> = Object.assign(Object.create(null) as Record<string, Application>, {
  answer,
  hangup: (channel, arg) => channel.hangup(causeNamed(arg)),
  park: parkApplication,
  playback: (channel, arg, request) => playback(channel, arg, request),
  record: (channel, arg, request) => record(channel, arg, request),
  set: setVariable,
  multiset,
  export: exportVariable,
  unset: (channel, arg) => channel.vars.set(arg.trim(), ''),
  sleep,
  break: (channel) => channel.break({ all: false }),
  socket: (channel, arg) => socketApplication(channel, arg),
  start_dtmf: (channel) => channel.media.detectInband(true),
  stop_dtmf: (channel) => channel.media.detectInband(false),
  send_dtmf: sendDtmf,
  set_mute: setMute,
} satisfies Record<string, Application>);

/** Real applications that this gateway does not use. */
export const UNSUPPORTED_APPLICATIONS: ReadonlySet<string> = new Set([
  'bridge', 'conference', 'play_and_get_digits', 'read', 'record_session', 'stop_record_session', 'say', 'speak', 'endless_playback', 'echo', 'transfer',
  'tone_detect', 'stop_tone_detect', 'gentones', 'wait_for_silence', 'phrase', 'ring_ready', 'pre_answer', 'respond', 'deflect', 'execute_extension', 'lua', 'eavesdrop', 'three_way', 'intercept',
]);
