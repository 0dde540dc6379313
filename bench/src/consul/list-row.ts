import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import { measureRounds } from '../frame/rounds.ts';
import { mean, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { entriesPath } from './entries.ts';
import type { RawConsul } from './raw-consul.ts';
import { storeService } from './stored-service.ts';
import type { TestBed } from './test-bed.ts';

const size = 1_000;
const pairs = 20;

/** Reading a service whole. */
export async function list(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 20);
  await using raw = bed.raw();
  await using registry = bed.registry();
  const { name } = await storeService(raw, 'list', size);
  const { time, cpu } = await measureRounds(
    {
      ours: async () => expectLength(await registry.list(name)),
      baseline: async () => expectLength(await listByHand(raw, name)),
    },
    {
      rounds,
      pairs,
      warmUp: 3 * pairs,
      onRound: (round) => terms.progress(`round ${round} of ${rounds}`),
    },
  );
  return [
    // A collection of garbage hits few calls, so that medians are without it, and means have it in.
    ratioFinding('1,000 instances, medians', ratioOf(time, median), 'ms', 1.1),
    ratioFinding('1,000 instances, means', ratioOf(time, mean), 'ms', 1.1),
    ratioFinding('1,000 instances, CPU of this process', ratioOf(cpu, mean), 'ms'),
  ];
}

async function listByHand(raw: RawConsul, service: string): Promise<unknown> {
  const { text } = await raw.get(entriesPath(service));
  return JSON.parse(text);
}

function expectLength(rows: unknown): undefined {
  if (!Array.isArray(rows) || rows.length !== size) throw new Error(`expected ${size} instances, got something else`);
}
