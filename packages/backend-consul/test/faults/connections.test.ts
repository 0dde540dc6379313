import { idsOf, quietMs } from '@rollcall/testing-faults';
import { poll, startConsul } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';
import { Scene } from './scene.ts';

const ttlMs = 3_000;

/** Nearly as many as a registry may have open; an agent takes 200 connections from one address. */
const watched = 95;

// An agent keeps a poll whose client has gone, and its connection, until its wait is over.
test('L4, W6: a network that breaks all of many polls, again and again, costs no lease and no change', async () => {
  await using server = await startConsul(inject('binaries').consul);
  await server.settled();
  await using scene = await Scene.open({ url: server.url, ttlMs });
  const { client, net } = await scene.reach();
  const held = await client.hold(scene.init('holder'), { ttlMs });
  scene.held.push(held);
  scene.faultBegins();
  const seen = new Map<string, ReadonlySet<string>>();
  const watching = Array.from({ length: watched }, async (_, index) => {
    const service = `watched-${index}`;
    for await (const { instances } of client.registry.watch(service)) seen.set(service, idsOf(instances));
  });
  await poll(() => seen.size === watched || undefined, { what: 'all are read' });
  for (let round = 1; round <= 3; round += 1) {
    net.reset();
    const brokenAt = performance.now();
    await poll(() => performance.now() - brokenAt > ttlMs / 2 || undefined, { what: 'they are opened again' });
  }
  const last = `watched-${watched - 1}`;
  const one = await scene.observer.hold(scene.init('one', last), { ttlMs });
  await poll(() => seen.get(last)?.has('one') || undefined, { what: 'a change is seen', withinMs: quietMs });
  await one.registration.close();
  expect(held.changes.filter(({ to }) => to === 'lost')).toEqual([]);
  await scene.assertLaws({ healedWithinMs: quietMs });
  await Promise.all(watching);
}, 40_000);

// An idle connection may have died without a word: a poll that goes out on one tells nothing until its whole wait is over.
test('W7: the poll after an answer goes out on the connection that brought it', async () => {
  await using scene = await Scene.open({ url: inject('consul').url, ttlMs });
  const { reader, witness } = scene;
  const [first] = scene.held;
  const { accepted } = reader.net;
  for (let step = 1; step <= 10; step += 1) {
    const version = String(step);
    await first?.registration.update({ metadata: { version } });
    await scene.seen((instances) => instances.some(({ metadata }) => metadata['version'] === version), quietMs);
  }
  expect(witness.latest?.freshness).toBe('live');
  expect(reader.net.accepted).toBe(accepted);
});
