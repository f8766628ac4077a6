import type { Problem } from './core/flow/problem.js';

/** A variable of the environment that the content needs: no fault of a file, so `vaxel flow check` tells it in its own way. `name`: with the file that asks for it. */
export function variableNotSet(name: string): Problem {
  return { file: 'environment', line: 0, column: 0, node: null, what: `the variable ${name} is not set`, fix: 'set it to the address or secret that this file asks for' };
}
