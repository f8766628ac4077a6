import type { FlowEffect } from '../flow/flow-types.js';
import type { CallEffect } from './call-effects.js';
import type { CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';

/** How a call ends in which a message was left and nobody spoken to. */
export const MESSAGE_LEFT: EndReason = { result: 'completed', reason: 'message-left' };

/** The figures with the messages that the flow counts. */
export function withMessages(state: CallState): CallState {
  const messages = state.flow?.messages?.length ?? 0;
  return messages === (state.figures.messages ?? 0) ? state : { ...state, figures: { ...state.figures, messages } };
}

/** What a flow orders about recordings that are made. */
export function toMessageEffects(effect: FlowEffect): readonly CallEffect[] {
  if (effect.type === 'flow.fileRecording') return [{ type: 'message.file', messageId: effect.recordingId, durationMs: effect.durationMs }];
  return effect.type === 'flow.discardRecording' ? [{ type: 'message.discard', messageId: effect.recordingId }] : [];
}
