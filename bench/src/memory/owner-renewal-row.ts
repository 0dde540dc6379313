import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type Registration, serviceInstance } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { counted, mean, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { nsEach, occupiedBytes, plainObjects, shuffled } from './million.ts';
import { smallInit } from './small-instance.ts';
import { SteppedClock } from './stepped-clock.ts';

const ttlMs = 15_000;

/** From one renewal of a registration to the next, on the average (L4). */
const cycleMs = ttlMs / 3;

/**
 * A renewal all told, from its owner's loop to the store, against a bare loop that awaits an async method of a random one of as many
 * objects. Time is moved by hand, so that nothing but work is measured.
 */
export async function ownerRenewal(terms: RowTerms): Promise<readonly Finding[]> {
  const count = terms.quick ? 100_000 : 1_000_000;
  const rounds = roundsOf(terms, 5);
  const clock = new SteppedClock();
  const registry = createRegistry(memoryDriver(new MemoryStore({ clock })));
  const inits = Array.from({ length: count }, (_, index) =>
    serviceInstance(smallInit(`service-${index % 1_000}`, index)),
  );
  const before = occupiedBytes();
  const registrations: Registration[] = [];
  for (const init of inits) {
    registrations.push(await registry.register(init, { ttlMs }));
    if (registrations.length % 10_000 === 0) {
      terms.progress(`${registrations.length.toLocaleString('en-US')} registered`);
      clock.step(cycleMs / (count / 10_000));
      await settled();
    }
  }
  await cycle(clock);
  const bytes = (occupiedBytes() - before) / count;
  const plain = plainObjects(count);
  const order = shuffled(count);
  const baseline = async (): Promise<number> => {
    const startedAt = performance.now();
    for (let index = 0; index < count; index += 1) await plain[order[index] ?? 0]?.touch(index + 0.25);
    return nsEach(startedAt, count);
  };
  await cycle(clock);
  await baseline();
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`round ${round} of ${rounds}`);
    globalThis.gc?.();
    const startedAt = performance.now();
    await cycle(clock);
    const ours = nsEach(startedAt, count);
    globalThis.gc?.();
    measured.push({ ours: [ours], baseline: [await baseline()] });
  }
  if (registrations.some(({ state }) => state !== 'active')) throw new Error('a registration was lost meanwhile');
  const nsOfOne = median(measured.flatMap(({ ours }) => ours));
  return [
    ratioFinding(
      `a renewal of one of ${count.toLocaleString('en-US')}, with its owner's loop`,
      ratioOf(measured, mean),
      'ns',
      2,
    ),
    { what: 'heap for each registration', value: counted(bytes), unit: 'B', atMost: 1_536 },
    { what: 'share of a core at T = 15 s', value: counted((nsOfOne * (count / cycleMs) * 1_000) / 1e7), unit: '%' },
  ];
}

/** Lets a third of the TTL pass, in which every registration is renewed once on the average. */
async function cycle(clock: SteppedClock): Promise<void> {
  for (let step = 0; step < cycleMs; step += 1) {
    clock.step(1);
    await settled();
  }
}

/** What was answered is taken in. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
