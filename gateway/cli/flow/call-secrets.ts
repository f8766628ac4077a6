import type { CallOrder } from '../../core/authoring/virtual-call.js';
import { takesNow } from '../../core/flow/asking.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { FlowState } from '../../core/flow/flow-state.js';
import { secretArguments } from '../../core/flow/secrecy.js';
import { nodeOfKey } from '../../core/flow/variables.js';
import { standingAt } from '../../core/flow/turn.js';
import type { Json } from '../../core/ids.js';
import { maskKeys, Secrets } from '../../core/recording/masking.js';
import { runningFlow } from '../../core/recording/visible-result.js';

type Values = Readonly<Record<string, Json>>;

/** What a played call tells without its secrets, as a recording of it would. */
export class CallSecrets {
  private readonly secrets = new Secrets();

  constructor(private readonly flow: Flow) {}

  /** Keys as typed: dots where a secret is asked for, but for a key that leads out there. */
  inKeys(state: FlowState, keys: string): string {
    const takes = takesNow(this.flow, state);
    return takes?.as === 'entry' && takes.isSecret && !runningFlow(this.flow, state).anywhere.has(keys) ? maskKeys(keys) : keys;
  }

  /** Takes note of what a request holds that the flow itself does not keep: a PIN that was keyed. */
  ordered(state: FlowState, { arguments: given }: CallOrder): void {
    for (const name of secretArguments(runningFlow(this.flow, state), nodeOfKey(this.flow, standingAt(state)))) this.secrets.add(given[name]);
  }

  inValues(state: FlowState, values: Values): Values {
    this.secrets.addFrom(this.flow, state);
    return this.secrets.maskAll(values);
  }

  inAnswer(state: FlowState, result: Json): Json {
    this.secrets.addFrom(this.flow, state);
    return this.secrets.mask(result);
  }
}
