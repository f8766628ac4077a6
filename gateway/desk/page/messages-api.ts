import type { VoiceMessage } from '../../core/thread/voice-message.js';
import type { Outcome } from './link.js';

/** Voice messages at the gateway, asked for with the agent's token. */
export class MessagesApi {
  constructor(private readonly token: string) {}

  /** Those that nobody has dealt with, the oldest first; null when the gateway does not answer. */
  async open(): Promise<readonly VoiceMessage[] | null> {
    const answer = await this.ask('');
    return answer?.ok === true ? ((await answer.json()) as { readonly messages: readonly VoiceMessage[] }).messages : null;
  }

  /** The sound, for an audio element; null when it is not there. Whoever gets it revokes it. */
  async sound(id: string): Promise<string | null> {
    const answer = await this.ask(`/${id}/audio`);
    return answer?.ok === true ? URL.createObjectURL(await answer.blob()) : null;
  }

  async done(id: string, note: string): Promise<Outcome> {
    const answer = await this.ask(`/${id}/done`, { method: 'POST', body: JSON.stringify({ note }) });
    if (answer?.ok === true) return { ok: true };
    // Somebody was quicker: it is no longer in the list.
    return { ok: false, code: answer?.status === 409 ? 'VG_MESSAGE_DONE' : 'LINK', detail: '' };
  }

  private ask(path: string, init: RequestInit = {}): Promise<Response | null> {
    return fetch(`/v1/messages${path}`, { ...init, headers: { Authorization: `Bearer ${this.token}` }, cache: 'no-store' }).catch(() => null);
  }
}
