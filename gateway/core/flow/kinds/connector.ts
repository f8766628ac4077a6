import type { NodeOf } from '../node-schema.js';
import { repeatsKeyed } from '../repeated-secret.js';
import { renderTemplate } from '../template.js';
import { notePath, type Turn } from '../turn.js';
import { lookUp } from '../variables.js';
import { checkCall, conclude, orderCall, usesOfCall } from './back-end-call.js';
import { prompts, way, type Acting } from './kind.js';

/** Asks a back end; its answer decides where to go. */
export const connector: Acting<NodeOf<'connector'>> = {
  role: 'acts',
  ways: (node) => Object.entries(node.exits).map(([exit, to]) => way(to, `exit ${exit}`, 'exits', exit)),
  uses: (node) => [...prompts(node.filler, 'filler'), ...usesOfCall(node), ...(node.receipt === undefined ? [] : prompts([node.receipt.prompt], 'receipt', 'prompt'))],
  check: (flow, { node }, library) => checkCall(flow, node, library),
  order: orderCall,
  back: {
    filler: (node) => node.filler,
    returned: (turn, { id, node }, outcome) => {
      const next = conclude(turn, { id, call: node, outcome });
      if (outcome.exit === 'ok' && node.receipt !== undefined && next === node.exits['ok']) sendReceipt(turn, node.receipt);
      return next;
    },
  },
};

/** A receipt that lacks a value is left out: what was done was read back, and half a message helps nobody. It stands in the thread, so what repeats a secret is dots. */
function sendReceipt(turn: Turn, receipt: { readonly prompt: string; readonly channel: 'sms' | 'email' }): void {
  const { state } = turn;
  const { activity, language } = state;
  const written = turn.flow.prompts.get(receipt.prompt)?.[language];
  if (written === undefined || activity.phase !== 'connecting') return;
  const rendered = renderTemplate(written, { language, context: 'message', lookUp: (path) => lookUp(state, path), hides: (value) => repeatsKeyed(state, value) });
  if (!rendered.ok) {
    notePath(turn, { node: activity.node, did: `receipt lacks ${rendered.missing}` });
    return;
  }
  notePath(turn, { node: activity.node, did: `receipt by ${receipt.channel}` });
  turn.effects.push({ type: 'flow.message', messageId: `${activity.request.idempotencyKey}:receipt`, channel: receipt.channel, language, text: rendered.text });
}
