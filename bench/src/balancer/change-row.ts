import { createBalancer, type InstanceSource } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import { median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { instanceList, weighted } from './instance-list.ts';
import type { PolicyName } from './job.ts';
import { policies } from './policies.ts';

const count = 10_000;

/** What is changed. */
type Change = 'one is updated' | 'one leaves' | 'one joins';

/** What a change of a table needs of the whole table: there is no bound where every share has changed. */
const atMost: readonly (readonly [PolicyName, Change, number?])[] = [
  ['roundRobin', 'one is updated', 0.1],
  ['roundRobin', 'one leaves', 0.1],
  ['roundRobin', 'one joins', 0.1],
  ['weightedRoundRobin', 'one is updated', 0.1],
  ['weightedRoundRobin', 'one leaves'],
  ['leastOutstanding', 'one is updated', 0.1],
  ['leastOutstanding', 'one leaves'],
  ['peakEwma', 'one is updated', 0.1],
  ['consistentHash', 'one is updated', 0.1],
  ['consistentHash', 'one leaves', 0.1],
  ['consistentHash', 'one joins', 0.1],
];

/** A change in a set of 10,000, against making the balancer anew. */
export async function change(terms: RowTerms): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [policy, what, most] of atMost) {
    terms.progress(`${policy}: ${what}`);
    const rounds = roundsOf(terms, policy === 'consistentHash' ? 9 : 25);
    const measured = changes(policy, what, rounds);
    findings.push(ratioFinding(`${policy}: ${what} of 10,000`, ratioOf(measured, median), 'ms', most));
    // Lets what is shown of the progress be shown.
    await Promise.resolve();
  }
  return findings;
}

function changes(policy: PolicyName, what: Change, rounds: number): readonly { ours: number[]; baseline: number[] }[] {
  const all = instanceList(count);
  const tell = Array<(instances: readonly ServiceInstance[]) => void>();
  const source: InstanceSource = {
    service: 'orders',
    instances: Object.freeze([...all]),
    onChange: (listener) => {
      tell.push(listener);
      return () => undefined;
    },
  };
  const balancer = createBalancer(source, { policy: policies[policy]() });
  const [listener] = tell;
  // Before it is measured as often as after: both are compiled by then.
  const turns = Array.from({ length: 2 * rounds }, (_, turn) => {
    const at = (turn * 7_919) % count;
    const updated = Object.freeze(all.with(at, weighted(at, `1.${turn}.0`)));
    const without = Object.freeze(all.toSpliced(at, 1));
    const [before, after] = what === 'one joins' ? [without, all] : [all, what === 'one leaves' ? without : updated];
    listener?.(Object.freeze([...before]));
    const ours = msOf(() => listener?.(Object.freeze([...after])));
    const baseline = msOf(() =>
      createBalancer({ ...source, instances: after, onChange: () => () => undefined }, { policy: policies[policy]() }),
    );
    return { ours: [ours], baseline: [baseline] };
  });
  balancer.close();
  return turns.slice(rounds);
}

function msOf(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
