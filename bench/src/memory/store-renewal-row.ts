import { serviceInstance } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { counted, mean, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
// Below what the package exports, on purpose: a driver's call is a promise, and the store's share is what is done within it.
import { Entry } from '../../../packages/backend-memory/dist/entry.js';
import { EntryTable } from '../../../packages/backend-memory/dist/entry-table.js';
import { typicalOwner } from '../workload/typical-instance.ts';
import { nsEach, occupiedBytes, plainObjects, shuffled } from './million.ts';
import { smallInit } from './small-instance.ts';
import { SteppedClock } from './stepped-clock.ts';

const ttlMs = 15_000;

/** From one renewal of an entry to the next. */
const cycleMs = ttlMs / 3;

/** What the store does for one renewal, its share of the expiry with it, against writing one field of a random one of as many objects. */
export async function storeRenewal(terms: RowTerms): Promise<readonly Finding[]> {
  const count = terms.quick ? 100_000 : 1_000_000;
  const rounds = roundsOf(terms, 7);
  const clock = new SteppedClock();
  const table = new EntryTable(clock);
  const order = shuffled(count);
  terms.progress('filling the store');
  const instances = Array.from({ length: count }, (_, index) =>
    serviceInstance(smallInit(`service-${index % 1_000}`, index)),
  );
  // Core has one for each registration, and so does every lease here.
  const owner = typicalOwner;
  const before = occupiedBytes();
  const entries = instances.map((instance) => {
    const entry = new Entry({ instance, client: 1, owner, ttlMs });
    table.register(entry, 'replace');
    return entry;
  });
  // The owner's token is the owner's too, the list of entries the owners' leases.
  const bytes = (occupiedBytes() - before) / count;
  const plain = plainObjects(count);
  const perStep = Math.round(count / cycleMs);
  let place = 0;
  const cycle = (): number => {
    const startedAt = performance.now();
    for (let step = 0; step < cycleMs; step += 1) {
      clock.step(1);
      for (let renewal = 0; renewal < perStep; renewal += 1) {
        const entry = entries[order[place] ?? 0];
        if (entry !== undefined) table.renew(entry);
        place = place + 1 === count ? 0 : place + 1;
      }
    }
    return nsEach(startedAt, perStep * cycleMs);
  };
  const baseline = (): number => {
    const startedAt = performance.now();
    for (let index = 0; index < count; index += 1) {
      const object = plain[order[index] ?? 0];
      if (object !== undefined) object.dueAt = index + 0.25;
    }
    return nsEach(startedAt, count);
  };
  // Until every entry has surfaced from its place in the queue, and found that it was renewed.
  for (let warm = 0; warm < 4; warm += 1) cycle();
  baseline();
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`round ${round} of ${rounds}`);
    // Three cycles are one TTL: each entry surfaces once.
    const ours = [cycle(), cycle(), cycle()];
    measured.push({ ours, baseline: [baseline(), baseline(), baseline()] });
  }
  return [
    ratioFinding(
      `the store's share of a renewal among ${count.toLocaleString('en-US')}`,
      ratioOf(measured, mean),
      'ns',
      3,
    ),
    { what: 'timers', value: counted(clock.mostTimers), unit: 'count', atMost: 1 },
    { what: 'in the store for each entry, beyond the instance', value: counted(bytes), unit: 'B', atMost: 200 },
    {
      what: 'share of a core at T = 15 s',
      value: counted((median(measured.flatMap(({ ours }) => ours)) * (count / cycleMs) * 1_000) / 1e7),
      unit: '%',
    },
  ];
}
