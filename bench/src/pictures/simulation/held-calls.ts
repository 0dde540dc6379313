import { type AcquiredInstance, createBalancer, type PickContext, type Policy } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';
import { fleetOf } from './fleet.ts';
import { randomNumbers } from './random-numbers.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** Calls that come at a steady pace, one each millisecond, of which the same number is always under way. */
export interface HeldCallsOptions {
  readonly policy: Policy;
  readonly instances: readonly ServiceInstance[];
  readonly count: number;
  /** How many are under way: each ends when as many have come after it. */
  readonly underWay: number;
  /** What the call of a number brings along. */
  readonly context: (call: number) => PickContext;
}

/** What was seen of the calls. */
export interface HeldCalls {
  /** Who got each call. */
  readonly ids: readonly string[];
  /** The most calls that were ever under way to one instance. */
  readonly mostUnderWay: number;
}

export function heldCalls({ policy, instances, count, underWay, context }: HeldCallsOptions): HeldCalls {
  const clock = new SimulatedClock();
  using balancer = createBalancer(fleetOf(instances), { policy, clock, random: randomNumbers(1) });
  const held: AcquiredInstance[] = [];
  const load = new Map<string, number>();
  const ids: string[] = [];
  let mostUnderWay = 0;
  for (let call = 0; call < count; call += 1) {
    clock.runTo(call);
    if (held.length === underWay) {
      const ended = held.shift();
      if (ended !== undefined) load.set(ended.instance.id, (load.get(ended.instance.id) ?? 0) - 1);
      ended?.done('success');
    }
    const acquired = balancer.acquire(context(call));
    const { id } = acquired.instance;
    held.push(acquired);
    ids.push(id);
    load.set(id, (load.get(id) ?? 0) + 1);
    mostUnderWay = Math.max(mostUnderWay, load.get(id) ?? 0);
  }
  return { ids, mostUnderWay };
}

/** How often each of `instances` comes up, in their order. */
export function callsEach(instances: readonly ServiceInstance[], ids: readonly string[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return instances.map(({ id }) => counts.get(id) ?? 0);
}
