import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type Registration, type Registry, type Watcher } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { counted, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { smallInit } from './small-instance.ts';

const instances = 10_000;
const changesOfRound = 500;
const burst = 100;
const manyReaders = 1_000;

/** One change in a service of ten thousand, from `update` to the snapshot, against a copy of a plain array; bursts, and many readers. */
export async function change(terms: RowTerms): Promise<readonly Finding[]> {
  const registry = createRegistry(memoryDriver(new MemoryStore()));
  const registrations: Registration[] = [];
  for (let index = 0; index < instances; index += 1)
    registrations.push(await registry.register(smallInit('orders', index), { ttlMs: 600_000 }));
  const watcher = registry.watch('orders');
  await watcher.next();
  const plain: readonly object[] = Array.from({ length: instances }, (_, index) => ({ index }));
  const round = async (number: number): Promise<Round> => {
    const [ours, baseline]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < changesOfRound; turn += 1) {
      const registration = registrations[(turn * 7_919) % instances];
      const patch = { metadata: { turn: `${number}-${turn}` } };
      const startedAt = performance.now();
      const next = watcher.next();
      void registration?.update(patch);
      const { value } = await next;
      const between = performance.now();
      const copy = plain.slice();
      ours.push((between - startedAt) * 1e6);
      baseline.push((performance.now() - between) * 1e6);
      if (value?.instances.length !== copy.length || value.delta.updated.length !== 1)
        throw new Error('not the one change');
    }
    return { ours, baseline };
  };
  await round(-1);
  await round(0);
  const measured: Round[] = [];
  const rounds = roundsOf(terms, 15);
  for (let number = 1; number <= rounds; number += 1) {
    terms.progress(`round ${number} of ${rounds}`);
    globalThis.gc?.();
    measured.push(await round(number));
  }
  const findings: Finding[] = [
    ratioFinding('from update to snapshot, among 10,000', ratioOf(measured, median), 'ns', 3),
    {
      what: 'snapshots that a burst of 100 costs a busy reader',
      value: counted(await snapshotsOfBurst(registrations, watcher)),
      unit: 'count',
      atMost: 1,
    },
    {
      what: 'sets built for 1,000 readers of a change',
      value: counted(await setsFor(registry, registrations)),
      unit: 'count',
      atMost: 1,
    },
  ];
  await registry.close();
  return findings;
}

/** The reader works while they happen, and reads until it is told of the last. */
async function snapshotsOfBurst(registrations: readonly Registration[], watcher: Watcher): Promise<number> {
  const updates = registrations
    .slice(0, burst)
    .map((registration) => registration.update({ metadata: { burst: 'yes' } }));
  await Promise.all(updates);
  for (let snapshots = 1; ; snapshots += 1) {
    const { value } = await watcher.next();
    if (value?.instances.slice(0, burst).every(({ metadata }) => metadata['burst'] === 'yes') === true)
      return snapshots;
  }
}

async function setsFor(registry: Registry, registrations: readonly Registration[]): Promise<number> {
  const readers = Array.from({ length: manyReaders }, () => registry.watch('orders'));
  await Promise.all(readers.map((reader) => reader.next()));
  const reading = readers.map((reader) => reader.next());
  await registrations[0]?.update({ metadata: { told: 'everybody' } });
  const sets = new Set<unknown>();
  for (const { value } of await Promise.all(reading)) sets.add(value?.instances);
  return sets.size;
}
