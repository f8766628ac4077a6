import { AgentPhone, type AnswerRule } from '../../media/phone/agent-phone.js';
import type { AnswerCause } from '../../media/sip/exchange.js';
import type { Source } from '../../media/sip/transport.js';
import { localAddressTowards } from './local-address.js';
import { hopTo, unreachedText, whenRefused } from './unreached.js';

export interface PhoneOptions {
  /** Address of record: `sip:anna@vaxel`. */
  readonly aor: string;
  readonly password: string;
  /** `host:port` of the SIP server. */
  readonly sip: string;
  readonly rule: AnswerRule;
  /** Frequency of the tone that stands for the agent's voice, Hz; 0 = silence. */
  readonly toneHz: number;
}

/** Opens an agent's phone and waits until it is registered. Rejects, with the phone closed, when it cannot be, in one sentence that says why. */
export async function openAgentPhone(options: PhoneOptions): Promise<AgentPhone> {
  const { aor, sip } = options;
  const to = await hopTo(`sip:${sip}`, 'udp');
  if (to === null) throw new Error(`--sip ${sip}: there is no such host; write it as 127.0.0.1:5060`);
  const user = /^sip:([^@]+)@/.exec(aor)?.[1] ?? 'agent';
  const phone = await AgentPhone.open({
    host: await localAddressTowards(to.address),
    user,
    rule: options.rule,
    say: options.toneHz === 0 ? { kind: 'silence' } : { kind: 'tone', hz: options.toneHz, amplitude: 4_000 },
    register: { registrar: `sip:${sip}`, aor, via: to, credentials: { username: user, password: options.password }, expiresSeconds: 300 },
  });
  const why = await registered(phone, aor, to);
  if (why === null) return phone;
  await phone.close();
  throw new Error(why);
}

/** Null once the phone is registered, else why it is not. */
function registered(phone: AgentPhone, aor: string, to: Source): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (why: string | null): void => {
      stopAsking();
      phone.off('registered', done);
      phone.off('registrationFailed', failed);
      resolve(why);
    };
    const unreached = (cause: 'timeout' | 'transport'): void => settle(`the phone ${aor} cannot register: ${unreachedText(to, cause)}. Is it running, and is this its address (--sip)?`);
    const done = (): void => settle(null);
    const failed = ({ status, reason, cause }: { readonly status: number; readonly reason: string; readonly cause: AnswerCause }): void =>
      cause === 'response' ? settle(`the phone ${aor} was refused: ${status} ${reason}.${WRONG_PASSWORD.includes(status) ? ' Is its password that of this system?' : ''}`) : unreached(cause);
    const stopAsking = whenRefused(to, () => unreached('transport'));
    phone.on('registered', done);
    phone.on('registrationFailed', failed);
  });
}

const WRONG_PASSWORD: readonly number[] = [401, 403, 407];
