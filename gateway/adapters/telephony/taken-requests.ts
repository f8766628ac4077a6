import { takeOnly, type SipServer } from './libraries.js';

/** Also by who takes no callers: phones that register, and the ends of calls whose gateway is gone. */
const ALWAYS = ['register', 'cdr:stop'] as const;
/** The trunk asks by OPTIONS whether calls are taken: who takes none leaves the answer to those who do. */
const OF_CALLERS = ['invite', 'options'] as const;

/** Which new requests drachtio-server gives to this process. */
export class TakenRequests {
  private hasBegun = false;
  private isDrained = false;

  constructor(private readonly sip: SipServer) {}

  /** Callers may come although it is drained: those who were on their way. */
  get isDraining(): boolean {
    return this.isDrained;
  }

  /** Once there are handlers for them. */
  begin(): void {
    this.hasBegun = true;
    this.take();
  }

  /** Takes no callers. The SIP server gives them to other gateways, and refuses them with 503 where there is none. */
  drain(): void {
    this.isDrained = true;
    this.take();
  }

  resume(): void {
    this.isDrained = false;
    this.take();
  }

  private take(): void {
    if (this.hasBegun) takeOnly(this.sip, this.isDrained ? ALWAYS : [...ALWAYS, ...OF_CALLERS]);
  }
}
