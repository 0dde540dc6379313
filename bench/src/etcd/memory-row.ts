import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistry } from '@rollcall/core';
import type { RegistryDriver } from '@rollcall/core/driver';
import type { Finding } from '../frame/finding.ts';
import { spreadOf } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { IdleDriver } from './idle-driver.ts';
import { registerMany } from '../workload/registrations.ts';
import type { TestBed } from './test-bed.ts';

/** Nothing is renewed while it is measured. */
const ttlMs = 300_000;

/** What a registration occupies beyond what core has for it: the heap, and the buffers outside of it. */
export async function memory(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 5);
  const count = terms.quick ? 2_000 : 10_000;
  await using unused = bed.driver();
  const { capabilities } = unused;
  const ours: Occupied[] = [];
  const core: Occupied[] = [];
  const measureOurs = async (): Promise<void> => void ours.push(await occupied(bed.driver(), count));
  const measureCore = async (): Promise<void> => void core.push(await occupied(new IdleDriver(capabilities), count));
  // The first of each compiles what it runs, which stays on the heap.
  await occupied(bed.driver(), count);
  await occupied(new IdleDriver(capabilities), count);
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`round ${round} of ${rounds}`);
    await (round % 2 === 0 ? measureOurs() : measureCore());
    await (round % 2 === 0 ? measureCore() : measureOurs());
  }
  return [
    difference('heap beyond core', ours, core, ({ heap }) => heap, 1_024),
    difference('heap and buffers beyond core', ours, core, ({ heap, buffers }) => heap + buffers, 1_024),
  ];
}

/** In bytes for each registration. */
interface Occupied {
  readonly heap: number;
  readonly buffers: number;
}

async function occupied(driver: RegistryDriver, count: number): Promise<Occupied> {
  const registry = createRegistry(driver, { callTimeoutMs: 30_000 });
  // What the connection needs, and the first of everything.
  await registerMany(registry, 'first', 10, { ttlMs });
  const before = await settled();
  const registrations = await registerMany(registry, 'memory', count, { ttlMs });
  const after = await settled();
  if (registrations.length !== count) throw new Error('a registration is missing');
  await registry.close();
  await settled();
  return { heap: (after.heap - before.heap) / count, buffers: (after.buffers - before.buffers) / count };
}

/** When everything that is on its way to be collected has been. */
async function settled(): Promise<Occupied> {
  for (let turn = 0; turn < 3; turn += 1) {
    await sleep(50);
    globalThis.gc?.();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

function difference(
  what: string,
  ours: readonly Occupied[],
  core: readonly Occupied[],
  bytesOf: (occupied: Occupied) => number,
  atMost: number,
): Finding {
  const [inAll, inCore] = [ours.map(bytesOf), core.map(bytesOf)];
  return {
    what,
    value: spreadOf(inAll.map((bytes, round) => bytes - (inCore[round] ?? Number.NaN))),
    unit: 'B',
    atMost,
    absolute: { ours: spreadOf(inAll), baseline: spreadOf(inCore), unit: 'B' },
  };
}
