import { setImmediate as turn, setTimeout } from 'node:timers/promises';
import { type MemoryDriver, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, serviceInstance } from '@rollcall/core';
import type { Finding } from '../frame/finding.ts';
import { counted } from '../frame/spread.ts';
import type { RowTerms } from '../frame/suite.ts';
import { smallInit } from './small-instance.ts';

const ttlMs = 30_000;
const services = 1_000;

/** A million owners of a thousand services die at once, with a reader on every service: how long anything blocks the loop, and who sees a ghost. */
export async function crash(terms: RowTerms): Promise<readonly Finding[]> {
  const count = terms.quick ? 100_000 : 1_000_000;
  const store = new MemoryStore();
  const owners = memoryDriver(store);
  terms.progress('filling the store');
  const endsAt = await fill(owners, count);
  const registry = createRegistry(memoryDriver(store));
  const told = Array.from({ length: services }, (_, index) => {
    const reader = registry.watch(`service-${index}`);
    return { reader, ghosts: 0 };
  });
  const firsts = await Promise.all(told.map(({ reader }) => reader.next()));
  if (firsts.some(({ value }) => value?.instances.length !== count / services)) throw new Error('an owner is missing');
  const reading = told.map(async (one) => {
    for await (const snapshot of one.reader) {
      // The last of them was written before `endsAt`: from then on nobody may be shown any.
      if (snapshot.instances.length > 0 && performance.now() > endsAt) one.ghosts += 1;
      if (snapshot.instances.length === 0) break;
    }
  });
  owners.crash();
  globalThis.gc?.();
  await setTimeout(Math.max(0, endsAt - 1_000 - performance.now()));
  let listedGhosts = 0;
  let longestMs = 0;
  let lookedAt = performance.now();
  let lists = 0;
  const readers = { areDone: false };
  void untilDone(reading, readers);
  terms.progress('waiting for the end of a million leases');
  while (!readers.areDone) {
    await turn();
    const now = performance.now();
    longestMs = Math.max(longestMs, now - lookedAt);
    if (now > endsAt) {
      const { length } = await registry.list(`service-${lists % services}`);
      lists += 1;
      listedGhosts += length;
    }
    lookedAt = performance.now();
  }
  const tookMs = performance.now() - endsAt;
  await registry.close();
  return [
    { what: 'longest turn of the event loop', value: counted(longestMs), unit: 'ms', atMost: 20 },
    {
      what: 'expired entries seen by a list or a watch',
      value: counted(listedGhosts + told.reduce((sum, { ghosts }) => sum + ghosts, 0)),
      unit: 'count',
      atMost: 0,
    },
    { what: 'until the last reader knows that nobody is left', value: counted(tookMs), unit: 'ms' },
  ];
}

async function untilDone(reading: readonly Promise<void>[], readers: { areDone: boolean }): Promise<void> {
  await Promise.all(reading);
  readers.areDone = true;
}

/** Registers everybody under leases that end together. @returns when, at the latest */
async function fill(owners: MemoryDriver, count: number): Promise<number> {
  const { signal } = new AbortController();
  const until = performance.now() + ttlMs;
  for (let index = 0; index < count; index += 1) {
    const instance = serviceInstance(smallInit(`service-${index % services}`, index));
    const owner = String(index).padStart(22, 'o');
    await owners.register(instance, Math.max(1, until - performance.now()), { onConflict: 'replace', owner, signal });
  }
  if (performance.now() > until - 1_000) throw new Error('filling took as long as the leases live');
  return until + 1;
}
