import { createRegistry, type Registration, type RegistrationStateChange, type Registry } from '@rollcall/core';
import type { Finding } from '../frame/finding.ts';
import { counted, quantile } from '../frame/spread.ts';
import type { RowTerms } from '../frame/suite.ts';
import { startChurning } from './churning.ts';
import { ObservedDriver } from '../workload/observed-driver.ts';
import { registerMany } from '../workload/registrations.ts';
import type { TestBed } from './test-bed.ts';

const ttlMs = 3_000;
const count = 1_000;
const service = 'loaded';

/** Whether renewals are in time while their process lists and updates without a pause, and another client churns. */
export async function renewalLoad(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const loadMs = terms.quick ? 10_000 : 60_000;
  const driver = new ObservedDriver(bed.driver());
  await using registry = createRegistry(driver);
  const changes: RegistrationStateChange[] = [];
  const registrations = await registerMany(registry, service, count, {
    ttlMs,
    onStateChange: (change) => {
      // Closing at the end is no failure.
      if (change.to !== 'closed') changes.push(change);
    },
  });
  await using churning = startChurning(bed.endpoint, service);
  terms.progress(`${loadMs / 1_000} s of load`);
  const cpuBefore = process.cpuUsage();
  const done = await load(registry, registrations, loadMs);
  if (!churning.isRunning) throw new Error('the client that churns has ended early');
  const { user, system } = process.cpuUsage(cpuBefore);
  const bound = (ttlMs / 6) * 0.01;
  const worst = Math.max(...driver.renewals) / bound;
  return [
    { what: "changes to 'suspect' or 'lost'", value: counted(changes.length), unit: 'count', atMost: 0 },
    { what: 'slowest renewal, share of T/6', value: counted(worst), unit: '%', atMost: 100 },
    { what: 'renewals, p99, share of T/6', value: counted(quantile(driver.renewals, 0.99) / bound), unit: '%' },
    { what: 'renewals', value: counted(driver.renewals.length), unit: 'count' },
    { what: 'lists of 1,000 beside them', value: counted(done.lists), unit: 'count' },
    { what: 'updates beside them', value: counted(done.updates), unit: 'count' },
    { what: 'CPU, share of a core', value: counted((user + system) / 10 / loadMs), unit: '%' },
  ];
}

async function load(
  registry: Registry,
  registrations: readonly Registration[],
  ms: number,
): Promise<{ readonly lists: number; readonly updates: number }> {
  const done = { lists: 0, updates: 0 };
  const over = AbortSignal.timeout(ms);
  const listing = (async () => {
    for (; !over.aborted; done.lists += 1) await registry.list(service);
  })();
  const updating = (async () => {
    for (; !over.aborted; done.updates += 1)
      await registrations[done.updates % registrations.length]?.update({ weight: done.updates % 65_536 });
  })();
  await Promise.all([listing, updating]);
  return done;
}
