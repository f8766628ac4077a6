import type { CallEffect } from '../core/call/call-effects.js';
import { assertNever } from '../core/errors.js';
import type { CallActor } from './call-actor.js';
import type { CallbackEffects } from './callback-effects.js';
import type { MessageEffects } from './message-effects.js';
import type { RecordingEffects } from './recording-effects.js';
import type { LegEffects } from './leg-effects.js';
import type { PlaceEffects } from './place-effects.js';
import type { QueueEffects } from './queue-effects.js';
import type { ScreenEffects } from './screen-effects.js';
import type { ThreadEffects } from './thread-effects.js';
import type { CallTimers } from './call-timers.js';
import type { ConnectorEffects } from './connector-effects.js';

export interface Effects {
  readonly legs: LegEffects;
  readonly recordings: RecordingEffects;
  readonly messages: MessageEffects;
  readonly queue: QueueEffects;
  readonly screen: ScreenEffects;
  readonly thread: ThreadEffects;
  readonly timers: CallTimers;
  readonly connectors: ConnectorEffects;
  readonly callbacks: CallbackEffects;
  readonly places: PlaceEffects;
  /** Drops everything that is kept about the call. */
  readonly forget: (actor: CallActor) => Promise<void>;
}

/** Starts one effect. What goes wrong is logged here and reported as an event by the effect itself; nothing is thrown. */
export function runEffect(effects: Effects, actor: CallActor, effect: CallEffect): void {
  start(effects, actor, effect).catch((error: unknown) => actor.log.error({ effect: effect.type, err: String(error) }, 'effect failed'));
}

function start(effects: Effects, actor: CallActor, effect: CallEffect): Promise<void> {
  switch (effect.type) {
    case 'leg.answer':
    case 'leg.reject':
    case 'leg.hangUp':
    case 'leg.dial':
    case 'leg.dialOut':
    case 'leg.prepareDial':
    case 'leg.cancelDial':
    case 'media.say':
    case 'media.hush':
    case 'media.music':
    case 'media.bridge':
      return effects.legs.run(actor, effect);
    case 'media.record':
    case 'media.stopRecording':
      return effects.recordings.run(actor, effect);
    case 'message.file':
    case 'message.discard':
      return effects.messages.run(actor, effect);
    case 'timer.set':
    case 'timer.cancel':
      return effects.timers.run(actor, effect);
    case 'connector.call':
      return effects.connectors.run(actor, effect);
    case 'queue.arrive':
    case 'queue.assertTalk':
    case 'queue.drop':
    case 'queue.abandon':
    case 'queue.accept':
    case 'queue.release':
    case 'queue.complete':
    case 'queue.endWrapUp':
    case 'queue.logAnswer':
    case 'queue.askPosition':
      return effects.queue.run(actor, effect);
    case 'screen.offer':
    case 'screen.closeOffer':
    case 'screen.talking':
    case 'screen.callEnded':
      return effects.screen.run(actor, effect);
    case 'thread.append':
    case 'thread.note':
    case 'thread.message':
      return effects.thread.run(actor, effect);
    case 'place.keep':
      return effects.places.run(actor, effect);
    case 'callback.book':
      return effects.callbacks.book(actor, effect);
    case 'callback.withdraw':
      return effects.places.withdraw(actor);
    case 'call.forget':
      return effects.forget(actor);
    default:
      return assertNever(effect, 'runEffect');
  }
}
