import type { Registry } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import { measureRounds } from '../frame/rounds.ts';
import { mean, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { typicalInit } from '../workload/typical-instance.ts';
import type { RawConsul } from './raw-consul.ts';
import { rawRegister } from './raw-registration.ts';
import type { TestBed } from './test-bed.ts';

/** Nothing is renewed while it is measured. */
const ttlMs = 60_000;

/** One registration after the other, until the catalog shows each. */
export async function register(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 20);
  await using raw = bed.raw();
  await using registry = bed.registry();
  const contest = { ours: () => registered(registry, nextId()), baseline: () => registeredByHand(raw, nextId()) };
  const measured = await measureRounds(contest, {
    rounds,
    pairs: terms.quick ? 50 : 100,
    // Until everything is compiled: whatever a process registers first takes longer, by hand as well.
    warmUp: terms.quick ? 200 : 1_000,
    onRound: (round) => terms.progress(`round ${round} of ${rounds}`),
  });
  return [
    ratioFinding('one after the other', ratioOf(measured.time, median), 'ms', 1.1),
    // The clock of the CPU may be coarse, which only a mean evens out.
    ratioFinding('CPU of this process', ratioOf(measured.cpu, mean), 'ms'),
  ];
}

async function registered(registry: Registry, id: string): Promise<() => Promise<void>> {
  const registration = await registry.register(typicalInit('orders', id), { ttlMs });
  return () => registration.close();
}

async function registeredByHand(raw: RawConsul, id: string): Promise<() => Promise<void>> {
  const { deregister } = await rawRegister(raw, { service: 'orders', id }, ttlMs);
  return deregister;
}

let ids = 0;

function nextId(): string {
  ids += 1;
  return `orders-${String(ids).padStart(8, '0')}`;
}
