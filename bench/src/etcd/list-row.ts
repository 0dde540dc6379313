import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import { type Measured, measureRounds } from '../frame/rounds.ts';
import { mean, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import type { RawEtcd } from './raw-etcd.ts';
import { rangeOf } from './records.ts';
import { storeService } from './stored-service.ts';
import type { TestBed } from './test-bed.ts';

/** Reading a service whole. */
export async function list(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const small = await listed(bed, terms, { size: 1_000, pairs: 20 });
  const large = await listed(bed, terms, { size: 10_000, pairs: 4 });
  return [
    // A collection of garbage hits few calls, so that medians are without it, and means have it in.
    ratioFinding('1,000 instances, medians', ratioOf(small.time, median), 'ms', 1.1),
    ratioFinding('1,000 instances, means', ratioOf(small.time, mean), 'ms', 1.1),
    ratioFinding('1,000 instances, CPU of this process', ratioOf(small.cpu, mean), 'ms'),
    ratioFinding('10,000 instances, medians', ratioOf(large.time, median), 'ms'),
    ratioFinding('10,000 instances, means', ratioOf(large.time, mean), 'ms'),
  ];
}

async function listed(
  bed: TestBed,
  terms: RowTerms,
  { size, pairs }: { readonly size: number; readonly pairs: number },
): Promise<Measured> {
  const service = `list-${size}`;
  const rounds = roundsOf(terms, 20);
  using raw = bed.raw();
  await using registry = bed.registry();
  await storeService(raw, service, size);
  return await measureRounds(
    {
      ours: async () => expectLength(await registry.list(service), size),
      baseline: async () => expectLength(await listByHand(raw, service), size),
    },
    {
      rounds,
      pairs,
      warmUp: 3 * pairs,
      onRound: (round) => terms.progress(`${size} instances, round ${round} of ${rounds}`),
    },
  );
}

async function listByHand(raw: RawEtcd, service: string): Promise<readonly unknown[]> {
  const { kvs } = await raw.kv.range(rangeOf(service));
  return kvs.map(({ value }): unknown => JSON.parse(value.toString()));
}

function expectLength(instances: readonly unknown[], size: number): undefined {
  if (instances.length !== size) throw new Error(`expected ${size} instances, got ${instances.length}`);
}
