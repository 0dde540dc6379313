import type { ServiceInstance } from '@rollcall/core';
import { createBalancer, type PickContext } from '@rollcall/balancer';
// Below what the package exports, on purpose: what a pick by key costs beyond the hash.
import { textHash } from '../../../packages/balancer/dist/hashing/text-hash.js';
import { instanceList, standing } from './instance-list.ts';
import type { Contestant, PolicyName } from './job.ts';
import { peers } from './peers.ts';
import { policies } from './policies.ts';

/** Runs so many turns. @returns something that depends on all of them, so that none is left out */
export type Loop = (turns: number) => number;

/** A power of two. */
const keyCount = 1_024;
const keys = Array.from({ length: keyCount }, (_, index) => `user-${index * 7_919}`);
const contexts: readonly PickContext[] = keys.map((key) => ({ key }));

/** The loop of one contestant over `count` instances. Each has code of its own, which V8 compiles for it alone. */
export function loopOf(contestant: Contestant, count: number): Loop {
  switch (contestant.does) {
    case 'bare index':
      return bareIndex(count);
    case 'bare loop':
      return bareLoop(count);
    case 'bare hash':
      return bareHash;
    case 'peer':
      return peer(peers[contestant.peer](count));
    case 'pick':
      return contestant.policy === 'consistentHash' ? pickByKey(count) : pick(contestant.policy, count);
    case 'acquire':
      return contestant.policy === 'consistentHash' ? acquireByKey(count) : acquire(contestant.policy, count);
  }
}

/** An array without holes as far as V8 knows: those that `Array.from` makes of a length are slower to read. */
function packed(count: number): readonly ServiceInstance[] {
  return [...instanceList(count)];
}

function bareIndex(count: number): Loop {
  const list = packed(count);
  let next = 0;
  return (turns) => {
    let sink = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const at = next;
      next = at + 1 < list.length ? at + 1 : 0;
      const one = list[at];
      if (one !== undefined) sink ^= one.weight;
    }
    return sink;
  };
}

function bareLoop(count: number): Loop {
  const list = packed(count);
  return (turns) => {
    let sink = 0;
    let next = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const at = next;
      next = at + 1 < list.length ? at + 1 : 0;
      const one = list[at];
      if (one !== undefined) sink ^= one.weight;
    }
    return sink;
  };
}

function bareHash(turns: number): number {
  let sink = 0;
  for (let turn = 0; turn < turns; turn += 1) sink ^= textHash(keys[turn & (keyCount - 1)] ?? '');
  return sink;
}

function peer(pickOne: () => unknown): Loop {
  return (turns) => {
    let sink = 0;
    for (let turn = 0; turn < turns; turn += 1) if (pickOne() !== undefined) sink += 1;
    return sink;
  };
}

function pick(policy: PolicyName, count: number): Loop {
  const balancer = createBalancer(standing(instanceList(count)), { policy: policies[policy]() });
  return (turns) => {
    let sink = 0;
    for (let turn = 0; turn < turns; turn += 1) sink ^= balancer.pick().weight;
    return sink;
  };
}

function pickByKey(count: number): Loop {
  const balancer = createBalancer(standing(instanceList(count)), { policy: policies.consistentHash() });
  return (turns) => {
    let sink = 0;
    for (let turn = 0; turn < turns; turn += 1) sink ^= balancer.pick(contexts[turn & (keyCount - 1)]).weight;
    return sink;
  };
}

function acquire(policy: PolicyName, count: number): Loop {
  const balancer = createBalancer(standing(instanceList(count)), { policy: policies[policy]() });
  return (turns) => {
    let sink = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const call = balancer.acquire();
      sink ^= call.instance.weight;
      call.done('success');
    }
    return sink;
  };
}

function acquireByKey(count: number): Loop {
  const balancer = createBalancer(standing(instanceList(count)), { policy: policies.consistentHash() });
  return (turns) => {
    let sink = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const call = balancer.acquire(contexts[turn & (keyCount - 1)]);
      sink ^= call.instance.weight;
      call.done('success');
    }
    return sink;
  };
}
