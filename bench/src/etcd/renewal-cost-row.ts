import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { counted, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { bounded } from '../workload/bounded.ts';
import { keepAliveByHand } from './raw-keep-alive.ts';
import { rawRegister, revokeByHand } from './raw-registration.ts';
import { idNumber, registerMany } from '../workload/registrations.ts';
import type { TestBed } from './test-bed.ts';

const ttlMs = 3_000;

/** Of the leases that are kept by hand, as often as ours: nothing repeats a keepalive that a busy machine has delayed. */
const rawTtlMs = 60_000;

const count = 1_000;

/** What it costs to keep 1,000 registrations, when nothing else is going on: one window with ours, one with bare keepalives, in turn. */
export async function renewalCost(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 10);
  const shares: Round[] = [];
  let streams = 0;
  const measureOurs = async (): Promise<number> => {
    const before = await bed.streamsStarted('LeaseKeepAlive');
    const share = await shareOfOurs(bed);
    streams = Math.max(streams, (await bed.streamsStarted('LeaseKeepAlive')) - before);
    return share;
  };
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`round ${round} of ${rounds}`);
    const early = round % 2 === 0 ? await measureOurs() : undefined;
    const baseline = await shareOfBareKeepalives(bed);
    shares.push({ ours: [early ?? (await measureOurs())], baseline: [baseline] });
  }
  return [
    { what: 'keepalive streams for 1,000', value: counted(streams), unit: 'count', atMost: 1 },
    ratioFinding('CPU, share of a core', ratioOf(shares, median), '%'),
  ];
}

async function shareOfOurs(bed: TestBed): Promise<number> {
  await using registry = bed.registry();
  await registerMany(registry, 'held', count, { ttlMs });
  return await cpuShare(ttlMs);
}

async function shareOfBareKeepalives(bed: TestBed): Promise<number> {
  using raw = bed.raw();
  const leases: number[] = [];
  await bounded(count, 256, async (index) => {
    leases.push(await rawRegister(raw, { service: 'held', id: idNumber(index) }, rawTtlMs));
  });
  using keeping = await keepAliveByHand(raw, leases, ttlMs / 3);
  const share = await cpuShare(ttlMs);
  const failure = keeping.failure();
  if (failure !== undefined) throw failure;
  await revokeByHand(raw, leases);
  return share;
}

/** How much of a core this process takes from now on, in per cent. The third of a TTL before that, it settles. */
async function cpuShare(windowMs: number): Promise<number> {
  await sleep(ttlMs / 3);
  globalThis.gc?.();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await sleep(windowMs);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1_000 / (performance.now() - startedAt)) * 100;
}
