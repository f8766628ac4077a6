import { assertNever } from '../errors.js';
import type { Flow } from './flow-schema.js';
import type { Use } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import { lintText } from './lint-prompts.js';
import type { Finding, Path } from './problem.js';
import { isSecretValue } from './secrecy.js';
import { admit, BUILT_IN, declaredType } from './variables.js';

/** Variables: declared before use, of a type that fits, and not under a name that the interpreter gives itself. */
export function lintValues(flow: Flow): readonly Finding[] {
  const declared = [...flow.vars].flatMap(([name, variable]): Finding[] => {
    if (BUILT_IN.includes(name)) return [{ path: ['vars', name], what: `"${name}" is set by the interpreter`, fix: 'choose another name' }];
    const isUnfit = variable.type !== 'record' && variable.initial !== undefined && admit(variable, variable.initial) === undefined;
    return isUnfit ? [{ path: ['vars', name, 'initial'], what: `the first value of "${name}" is not of type ${variable.type}`, fix: 'correct the value or the type (quote digits: "0071")' }] : [];
  });
  return [...declared, ...[...flow.nodes].flatMap(([id, node]) => kindOf(node).uses(node).flatMap((use) => lintUse(flow, id, use)))];
}

function lintUse(flow: Flow, node: string, use: Use): readonly Finding[] {
  const path = ['nodes', node, ...use.path];
  switch (use.what) {
    case 'prompt':
      return [];
    case 'value':
      return [...reference(flow, use.written, path), ...shown(flow, use, path)];
    case 'template':
      return lintText(flow, use.text, { at: path, of: use.of });
    case 'target':
      return into(flow, { path, name: use.name, types: use.types });
    default:
      return assertNever(use, 'lintUse');
  }
}

function into(flow: Flow, target: { readonly path: Path; readonly name: string; readonly types: readonly string[] | null }): readonly Finding[] {
  const variable = flow.vars.get(target.name);
  if (variable === undefined) return [{ path: target.path, what: `the variable "${target.name}" is not declared`, fix: 'declare it under vars' }];
  if (target.types === null || target.types.includes(variable.type)) return [];
  return [{ path: target.path, what: `"${target.name}" is of type ${variable.type} and cannot hold what is keyed`, fix: `declare it as ${target.types.join(' or ')}` }];
}

function reference(flow: Flow, value: string | number | boolean, path: Path): readonly Finding[] {
  if (typeof value !== 'string' || !value.startsWith('$') || value.startsWith('$$')) return [];
  if (declaredType(flow, value.slice(1)) !== null) return [];
  return [{ path, what: `"${value}" is not declared`, fix: 'declare it under vars, correct the name, or write $$ for a dollar sign' }];
}

function shown(flow: Flow, { written, shownAs }: Extract<Use, { what: 'value' }>, path: Path): readonly Finding[] {
  if (shownAs === undefined || !isSecretValue(flow, written)) return [];
  return [{ path, what: `${shownAs} would be the secret "${String(written)}"`, fix: 'use a value that agents may see: this one stands on screens and in records' }];
}
