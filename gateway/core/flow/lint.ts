import type { Flow, FlowFile, FlowNode } from './flow-schema.js';
import { lintGraph } from './lint-graph.js';
import { lintPrompts } from './lint-prompts.js';
import { lintValues } from './lint-values.js';
import type { FlowLibrary } from './load.js';
import type { Finding } from './problem.js';

/** Checks that a schema cannot make: references, languages, reachability, and that nobody is left in silence. */
export function lintFlow(flow: Flow, file: FlowFile, library: FlowLibrary): readonly Finding[] {
  const nodes = [...flow.nodes].flatMap(([id, node]) => lintNode(flow, { id, node }, library));
  return [...lintGraph(flow), ...lintPrompts(flow, file), ...lintValues(flow), ...nodes];
}

interface Named {
  readonly id: string;
  readonly node: FlowNode;
}

function lintNode(flow: Flow, named: Named, library: FlowLibrary): readonly Finding[] {
  const { id, node } = named;
  const at = (...path: (string | number)[]): (string | number)[] => ['nodes', id, ...path];
  switch (node.do) {
    case 'menu':
      return [...silent(named), ...taken(flow, id, Object.keys(node.keys)), ...(Object.keys(node.keys).length === 0 ? [{ path: at('keys'), what: 'the menu has no keys', fix: 'add at least one key' }] : [])];
    case 'confirm':
      return [
        ...taken(flow, id, [node.keys.yes, node.keys.no]),
        ...(node.keys.yes === node.keys.no ? [{ path: at('keys'), what: 'yes and no are the same key', fix: 'give them different keys' }] : []),
      ];
    case 'collect':
      return [...silent(named), ...(node.min > node.max ? [{ path: at('min'), what: `min ${node.min} is more than max ${node.max}`, fix: 'make min at most max' }] : [])];
    case 'connector':
      return lintConnector(flow, { id, node }, library);
    case 'queue':
      return library.queues === undefined || library.queues.has(node.queue) ? [] : [{ path: at('queue'), what: `the queue "${node.queue}" does not exist`, fix: `use one of ${[...library.queues].join(', ')}` }];
    case 'transfer':
      return library.canTransfer === false ? [{ path: at('do'), what: 'transfer to a number comes with a later release', fix: 'use queue instead' }] : [];
    default:
      return [];
  }
}

/** An input node that repeats itself without a word would leave the caller in silence. */
function silent({ id, node }: Named): readonly Finding[] {
  if (node.do !== 'menu' && node.do !== 'collect') return [];
  if (node.prompt !== undefined) return [];
  return (['noInput', 'noMatch'] as const)
    .filter((which) => node[which].retries > 0 && node[which].prompt === undefined)
    .map((which) => ({ path: ['nodes', id, which], what: `the node has no prompt, so a repeat after ${which} would be silent`, fix: `add a prompt to the node or to ${which}` }));
}

function taken(flow: Flow, id: string, keys: readonly string[]): readonly Finding[] {
  return keys
    .filter((key) => flow.anywhere.has(key))
    .map((key) => ({ path: ['nodes', id, 'keys', key], what: `key ${key} leads to "${flow.anywhere.get(key) ?? ''}" from everywhere`, fix: 'use another key here' }));
}

function lintConnector(flow: Flow, { id, node }: { readonly id: string; readonly node: Extract<FlowNode, { do: 'connector' }> }, library: FlowLibrary): readonly Finding[] {
  const at = (...path: string[]): string[] => ['nodes', id, ...path];
  const findings: Finding[] = [];
  if (!Object.hasOwn(node.exits, 'error')) findings.push({ path: at('exits'), what: 'the exit "error" is missing', fix: 'add `error:`, leading to a person' });
  if (!Object.hasOwn(node.exits, 'ok')) findings.push({ path: at('exits'), what: 'the exit "ok" is missing', fix: 'add `ok:`' });
  if (node.filler === undefined && flow.filler.length === 0) findings.push({ path: at(), what: 'a slow back end would be silent', fix: 'add `filler:` here or for the whole flow' });
  const operation = library.operations?.get(node.call);
  if (library.operations === undefined) return findings;
  if (operation === undefined) {
    const known = [...library.operations.keys()].join(', ');
    return [...findings, { path: at('call'), what: `no connector file declares "${node.call}"`, fix: `use one of ${known}` }];
  }
  for (const exit of operation.exits) {
    if (!Object.hasOwn(node.exits, exit) && exit !== 'error' && exit !== 'ok') findings.push({ path: at('exits'), what: `${node.call} can come back with "${exit}", which leads nowhere`, fix: `add \`${exit}:\`` });
  }
  for (const exit of Object.keys(node.exits)) {
    if (exit !== 'error' && !operation.exits.includes(exit)) findings.push({ path: at('exits', exit), what: `${node.call} never comes back with "${exit}"`, fix: `use ${operation.exits.join(', ')} or error` });
  }
  for (const name of operation.arguments) {
    if (!Object.hasOwn(node.with, name)) findings.push({ path: at('with'), what: `${node.call} needs "${name}"`, fix: `add \`${name}:\` under with` });
  }
  for (const name of Object.keys(node.with)) {
    if (!operation.arguments.includes(name)) findings.push({ path: at('with', name), what: `${node.call} takes no "${name}"`, fix: operation.arguments.length === 0 ? 'remove it' : `use ${operation.arguments.join(', ')}` });
  }
  return findings;
}
