import { createRegistry } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import { measureRounds } from '../frame/rounds.ts';
import { counted, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { bounded } from '../workload/bounded.ts';
import { ObservedDriver } from '../workload/observed-driver.ts';
import { rawRegister, revokeByHand } from './raw-registration.ts';
import { idNumber, registerMany } from '../workload/registrations.ts';
import type { TestBed } from './test-bed.ts';

/** What core allows in flight (E3), and what the baseline has. */
const inFlight = 256;

/** Nothing is renewed while it is measured. */
const ttlMs = 120_000;

/** Many registrations that are asked for at once. */
export async function burst(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const count = terms.quick ? 2_000 : 10_000;
  const rounds = roundsOf(terms, 10);
  const seen: number[] = [];
  using raw = bed.raw();
  const measured = await measureRounds(
    {
      ours: async () => {
        const driver = new ObservedDriver(bed.driver());
        const registry = createRegistry(driver, { callTimeoutMs: 30_000 });
        await registerMany(registry, 'burst', count, { ttlMs });
        seen.push(driver.mostInFlight);
        return () => registry.close();
      },
      baseline: async () => {
        const leases: number[] = [];
        await bounded(count, inFlight, async (index) => {
          leases.push(await rawRegister(raw, { service: 'burst', id: idNumber(index) }, ttlMs));
        });
        return () => revokeByHand(raw, leases);
      },
    },
    { rounds, pairs: 1, warmUp: 1, onRound: (round) => terms.progress(`round ${round} of ${rounds}`) },
  );
  const named = count.toLocaleString('en-US');
  return [
    ratioFinding(`${named} at once`, ratioOf(measured.time, median), 'ms'),
    ratioFinding('CPU of this process', ratioOf(measured.cpu, median), 'ms'),
    { what: 'calls in flight, most', value: counted(Math.max(...seen)), unit: 'count', atMost: inFlight },
  ];
}
