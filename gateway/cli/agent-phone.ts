import { AgentPhone, type AnswerRule } from '../../media/phone/agent-phone.js';
import { localAddressTowards } from './local-address.js';

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

/** Opens an agent's phone and waits until it is registered. Rejects when the registration is refused. */
export async function openAgentPhone(options: PhoneOptions): Promise<AgentPhone> {
  const [host = '127.0.0.1', port = '5060'] = options.sip.split(':');
  const user = /^sip:([^@]+)@/.exec(options.aor)?.[1] ?? 'agent';
  const phone = await AgentPhone.open({
    host: await localAddressTowards(host),
    user,
    rule: options.rule,
    say: options.toneHz === 0 ? { kind: 'silence' } : { kind: 'tone', hz: options.toneHz, amplitude: 4_000 },
    register: {
      registrar: `sip:${options.sip}`,
      aor: options.aor,
      via: { protocol: 'udp', address: host, port: Number(port) },
      credentials: { username: user, password: options.password },
      expiresSeconds: 300,
    },
  });
  await new Promise<void>((resolve, reject) => {
    phone.once('registered', () => resolve());
    phone.once('registrationFailed', ({ status, reason }) => reject(new Error(`the phone ${options.aor} was refused: ${status} ${reason}`)));
  });
  return phone;
}
