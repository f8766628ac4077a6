import type { CallerCall } from '../../media/phone/headless-phone.js';
import type { GatewayProcess, LoggedLine, ProcessExchange } from './process-exchange.js';

export const bySipCallId = (call: CallerCall) => (line: LoggedLine): boolean => line['sipCallId'] === call.call.sipCallId;

/** Two gateways at one SIP server, which gives calls to both in turn. */
export class GatewayPair {
  constructor(
    private readonly exchange: ProcessExchange,
    private readonly gateways: readonly [GatewayProcess, GatewayProcess],
  ) {}

  /** A call that came to this one of them. */
  async callTo(gateway: GatewayProcess, keys: string): Promise<CallerCall> {
    for (;;) {
      const call = await this.exchange.call(keys);
      const arrivals = this.gateways.map((one) => one.logged('call arrived', bySipCallId(call)).then(() => one));
      const arrived = await Promise.race([...arrivals, call.finished.then(() => null)]);
      if (arrived === gateway) return call;
      // Refused: a gateway that has just found back may not take calls yet.
      if (arrived === null) continue;
      call.hangUp();
      await arrived.logged('call ended', bySipCallId(call));
    }
  }

  /** Lines with that message which either of them wrote about the call. */
  linesOf(call: CallerCall, message: string): readonly LoggedLine[] {
    return this.gateways.flatMap(({ lines }) => lines).filter((line) => line.msg === message && bySipCallId(call)(line));
  }

  /** Every prompt that either of them said to the caller. */
  saidTo(call: CallerCall): readonly string[] {
    return this.linesOf(call, 'says').flatMap((line) => line['prompts'] as string[]);
  }
}
