import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistry } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { bounded } from '../workload/bounded.ts';
import { ObservedDriver } from '../workload/observed-driver.ts';
import { registerMany } from '../workload/registrations.ts';
import { countOf } from './answers.ts';
import { checkId } from './entries.ts';
import { countPassing, storeService } from './stored-service.ts';
import type { TestBed } from './test-bed.ts';

const ttlMs = 15_000;
const count = 1_000;

/** How many connections the driver has for renewals. */
const connections = 4;

/** What one renewal of 1,000 registrations costs, when nothing else is going on: one window with ours, one with a bare `pass` each, in turn. */
export async function renewalCost(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 4);
  const windowMs = terms.quick ? ttlMs / 3 : ttlMs;
  const requests: Round[] = [];
  const cpu: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`round ${round} of ${rounds}`);
    const early = round % 2 === 0 ? await ofOurs(bed, windowMs) : undefined;
    const baseline = await ofBarePasses(bed, windowMs);
    const ours = early ?? (await ofOurs(bed, windowMs));
    requests.push({ ours: [ours.requests], baseline: [baseline.requests] });
    cpu.push({ ours: [ours.cpuMs], baseline: [baseline.cpuMs] });
  }
  return [
    ratioFinding('requests per 1,000 renewals', ratioOf(requests, median), 'count'),
    ratioFinding('CPU of this process per 1,000 renewals', ratioOf(cpu, median), 'ms'),
  ];
}

/** For each 1,000 renewals. */
interface Cost {
  readonly requests: number;
  readonly cpuMs: number;
}

async function ofOurs(bed: TestBed, windowMs: number): Promise<Cost> {
  const driver = new ObservedDriver(bed.driver());
  await using registry = createRegistry(driver, { callTimeoutMs: 30_000 });
  await registerMany(registry, 'held', count, { ttlMs });
  return await costIn(windowMs, () => driver.renewals.length);
}

/** All of them at once, every third of a TTL: nothing asks whether what is renewed still stands. */
async function ofBarePasses(bed: TestBed, windowMs: number): Promise<Cost> {
  await using writer = bed.raw();
  await using raw = bed.raw(connections);
  const { name, tokens, remove } = await storeService(writer, 'held-by-hand', count);
  let passed = 0;
  const pass = async (index: number): Promise<void> => {
    await raw.put(`/v1/agent/check/pass/${checkId(tokens[index] ?? '')}`);
    passed += 1;
  };
  let beating = Promise.resolve();
  const beat = (): void => {
    beating = beating.then(() => bounded(count, connections, pass));
  };
  beat();
  const timer = setInterval(beat, ttlMs / 3);
  const cost = await costIn(windowMs, () => passed);
  clearInterval(timer);
  await beating;
  if ((await countPassing(writer, name)) !== count) throw new Error('a check does not pass any more');
  await remove();
  return cost;
}

/** What this process does from now on, for each 1,000 of `renewals`. Half of what lies between two renewals before that, it settles. */
async function costIn(windowMs: number, renewals: () => number): Promise<Cost> {
  await sleep(ttlMs / 6);
  globalThis.gc?.();
  using sent = countOf('sent');
  const renewalsBefore = renewals();
  const before = process.cpuUsage();
  await sleep(windowMs);
  const { user, system } = process.cpuUsage(before);
  const thousands = (renewals() - renewalsBefore) / 1_000;
  return { requests: sent.count / thousands, cpuMs: (user + system) / 1_000 / thousands };
}
