import type { FlowNode, KindName, NodeOf } from '../node-schema.js';
import { branch } from './branch.js';
import { callback } from './callback.js';
import { collect } from './collect.js';
import { confirm } from './confirm.js';
import { connector } from './connector.js';
import { hangup } from './hangup.js';
import { consent } from './consent.js';
import { hours } from './hours.js';
import { identifyByEntry, identifyOf } from './identify.js';
import { incident } from './incident.js';
import type { Kind } from './kind.js';
import { language } from './language.js';
import { menu } from './menu.js';
import { queue } from './queue.js';
import { record } from './record.js';
import { say } from './say.js';
import { set } from './set.js';
import { share } from './share.js';
import { comeBack, subflow } from './subflow.js';
import { survey } from './survey.js';
import { transfer } from './transfer.js';

const KINDS: { readonly [K in KindName]: Kind<NodeOf<K>> } = {
  say, menu, collect, confirm, consent, survey, identify: identifyByEntry, connector, branch, set, hours, language, share, incident, subflow, return: comeBack, record, queue, callback, transfer, hangup,
};

/** What a node of this kind does. */
export function kindOf(node: FlowNode): Kind {
  // The table pairs each name with the kind of its nodes, which the compiler cannot follow through an index.
  return (node.do === 'identify' ? identifyOf(node) : KINDS[node.do]) as Kind;
}
