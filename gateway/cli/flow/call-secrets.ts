import type { CallOrder } from '../../core/authoring/virtual-call.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { FlowState } from '../../core/flow/flow-state.js';
import { secretArguments, takesSecret } from '../../core/flow/secrecy.js';
import { nodeOfKey } from '../../core/flow/variables.js';
import { standingAt } from '../../core/flow/turn.js';
import type { Json } from '../../core/ids.js';
import { maskKeys, Secrets } from '../../core/recording/masking.js';
import { runningFlow } from '../../core/recording/visible-result.js';

type Values = Readonly<Record<string, Json>>;

/** Whether a flow, or a part of it, asks for a secret somewhere: then nobody knows beforehand what keys that are typed ahead are for. */
export const mayAskSecret = (flow: Flow): boolean => [flow, ...flow.subflows.values()].some((one) => [...one.nodes.values()].some((node) => takesSecret(one, node)));

/** What a played call tells without its secrets, as a recording of it would. */
export class CallSecrets {
  private readonly secrets = new Secrets();

  constructor(private readonly flow: Flow) {}

  /** What was typed and is no key: it may have been meant as some. */
  inLine(typed: string): string {
    return mayAskSecret(this.flow) ? maskKeys(typed) : typed;
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
