import { createRegistry, type ServiceInstance, serviceInstance } from '@rollcall/core';
import type { DriverEvent } from '@rollcall/core/driver';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { nsEach } from './million.ts';
import { smallInit } from './small-instance.ts';
import { TellingDriver } from './telling-driver.ts';

const changes = 20_000;

/**
 * Read before the clock runs. When a round's registry is collected, V8 drops the code it had compiled for the shapes of its objects, and the
 * next begins in the interpreter; the baseline, which is the virtual machine's own, does not.
 */
const warmUp = 20_000;

/** One small change to a reader who waits, from the driver's event to the snapshot, against an async generator that yields as much. */
export async function delivery(terms: RowTerms): Promise<readonly Finding[]> {
  const told = [0, 1].map((version) => serviceInstance({ ...smallInit('orders', 1), version: String(version) }));
  const rounds = roundsOf(terms, 15);
  const measured: Round[] = [];
  for (let round = -1; round <= rounds; round += 1) {
    if (round > 0) terms.progress(`round ${round} of ${rounds}`);
    globalThis.gc?.();
    const baseline = await throughGenerator(told);
    const ours = await throughRegistry(told);
    if (round > 0) measured.push({ ours: [ours], baseline: [baseline] });
  }
  return [ratioFinding('a change delivered to a reader who waits', ratioOf(measured, median), 'ns', 3)];
}

async function throughRegistry(told: readonly ServiceInstance[]): Promise<number> {
  const registry = createRegistry(new TellingDriver(eventsOf(told)));
  const watcher = registry.watch('orders');
  for (let read = 0; read < warmUp; read += 1) await watcher.next();
  const startedAt = performance.now();
  for (let read = 0; read < changes; read += 1) await watcher.next();
  const ns = nsEach(startedAt, changes);
  await registry.close();
  return ns;
}

async function throughGenerator(told: readonly ServiceInstance[]): Promise<number> {
  const events = eventsOf(told);
  for (let read = 0; read < warmUp; read += 1) await events.next();
  const startedAt = performance.now();
  for (let read = 0; read < changes; read += 1) await events.next();
  const ns = nsEach(startedAt, changes);
  await events.return();
  return ns;
}

/** The set, and then a change of the one instance for as long as anybody reads. */
async function* eventsOf(told: readonly ServiceInstance[]): AsyncGenerator<DriverEvent, void, undefined> {
  yield { type: 'snapshot', instances: told.slice(0, 1) };
  for (let turn = 1; ; turn += 1) {
    const instance = told[turn % told.length];
    yield { type: 'changes', put: instance === undefined ? [] : [instance], removedIds: [] };
  }
}
