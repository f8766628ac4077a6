import { brand, type QueueId } from '../../ids.js';
import type { NodeOf } from '../node-schema.js';
import { leave, openText } from '../turn.js';
import { faultsOfWish, usesOfWish, wishOf } from './agent-wish.js';
import { prompts, type Speaking } from './kind.js';
import { faultsOfQueue } from './named-queue.js';
import { faultsOfNeeds, usesOfNeeds } from './needs.js';

/** Sends the caller to a person. */
export const queue: Speaking<NodeOf<'queue'>> = {
  role: 'speaks',
  isEnd: true,
  ways: () => [],
  uses: (node) => [
    ...prompts(node.prompt, 'prompt'),
    ...usesOfNeeds(node),
    ...usesOfWish(node),
  ],
  check: (_flow, { node }, library) => [
    ...faultsOfQueue(node.queue, library),
    ...faultsOfNeeds(node, library),
    ...faultsOfWish(node, library),
  ],
  prompts: (node) => node.prompt ?? [],
  did: (node) => `queue ${node.queue}`,
  afterWords: (turn, { node }) => {
    // A wish that lacks a value, or would tell a secret, is left out: the caller still reaches a person.
    const needs = node.needs.map(({ skill, minLevel }) => ({ skill: openText(turn, skill) ?? '', minLevel })).filter(({ skill }) => skill !== '');
    return leave(turn, { kind: 'queue', queue: brand<QueueId>(node.queue), needs, band: node.band ?? null, ...wishOf(turn, node), reason: turn.state.statedReason });
  },
};
