import { RegistryError } from '@rollcall/core';
import { graceMs, idsOf, quietMs, startLagMs } from '@rollcall/testing-faults';
import { type ConsulServer, poll, startConsul } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { isRegister } from './consul-calls.ts';
import { coarseMs, dialMs, lagMs, requestMs } from './consul-registry.ts';
import type { Exchange, HttpForwarder } from './http-forwarder.ts';
import { Scene } from './scene.ts';

const binary = inject('binaries').consul;

const ttlMs = 2_000;

/** Longer than any restart. */
const longTtlMs = 6_000;

/** Registering again: backoff of at most T/3 (R6), behind a dialling that was under way; and the renewal that notices, T/3 + 10 %. */
const regainedWithinMs = ttlMs / 3 + ttlMs * 0.37 + dialMs;

describe('an agent that is down at the start', () => {
  test.concurrent('R9, E3, D2, W7: is waited for, and named', async () => {
    await using server = await startConsul(binary);
    await server.stop();
    await using scene = new Scene({ url: server.url, ttlMs });
    await scene.gather();
    const { owner, lister, witness } = scene;
    const from = performance.now();
    const refusal = await lister.client.registry.list(scene.service).catch((error: unknown) => error);
    expect(performance.now() - from).toBeLessThan(lister.client.callTimeoutMs);
    expect(refusal).toSatisfy((error) => RegistryError.is(error, 'REGISTRY_UNAVAILABLE'));
    expect(refusal).toHaveProperty('message', expect.stringContaining(lister.net.endpoint));
    await expect(owner.client.registry.services()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await expect(owner.client.hold(scene.init('a'), { ttlMs })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    const holding = owner.client.hold(scene.init('a'), { ttlMs, onUnavailable: 'retry' });
    await poll(() => owner.net.accepted > 4 || undefined, { what: 'several attempts', withinMs: 5_000 });
    // Nothing stands in for "not known yet" (W7).
    expect(witness.snapshots).toEqual([]);
    await server.start();
    const startedAt = performance.now();
    scene.held.push(await holding);
    expect(performance.now() - startedAt).toBeLessThan(regainedWithinMs);
    await scene.seen((instances) => idsOf(instances).has('a'), quietMs);
    await scene.assertLaws({ healedWithinMs: quietMs, serverBackAt: startedAt });
  });

  test.concurrent('R2, R9, C1: may be given up, and nothing is left', async () => {
    await using server = await startConsul(binary);
    await server.stop();
    await using scene = new Scene({ url: server.url, ttlMs });
    await scene.gather();
    const { owner } = scene;
    const aborting = new AbortController();
    const { signal } = aborting;
    const holding = owner.client.hold(scene.init('a'), { ttlMs, onUnavailable: 'retry', signal });
    await poll(() => owner.net.accepted > 3 || undefined, { what: 'several attempts', withinMs: 5_000 });
    aborting.abort(new Error('enough'));
    await expect(holding).rejects.toThrow('enough');
    await server.start();
    await scene.assertLaws({ healedWithinMs: quietMs });
    expect(await scene.entriesOf('a')).toEqual([]);
  });
});

describe('an agent that goes and comes back', () => {
  test.concurrent.each(['stop', 'kill'] as const)(
    'L2, W6: by %s, within T and with its data: nobody is missed',
    async (end) => {
      await using server = await storedServer();
      // Down for some two seconds: the lease outlives that.
      await using scene = await Scene.open({ url: server.url, ttlMs: longTtlMs });
      // What was never renewed comes back as critical (L2).
      await scene.renewed();
      scene.faultBegins();
      await server[end]();
      await scene.tells('stale', graceMs + quietMs);
      await server.start();
      const serverBackAt = performance.now();
      await scene.assertLaws({ healedWithinMs: longTtlMs / 12 + quietMs, serverBackAt });
      expect(scene.held.flatMap(({ changes }) => changes).filter(({ to }) => to === 'lost')).toEqual([]);
    },
    60_000,
  );

  test.concurrent('L2, L6, R6: before a first renewal: who is hidden by that is back with the next one', async () => {
    await using server = await storedServer();
    await using scene = await Scene.open({ url: server.url, ttlMs: longTtlMs });
    const downAt = scene.faultBegins();
    await server.restart();
    const serverBackAt = performance.now();
    // It tells of what it brings back within 3 s of its start (L3); the renewal that follows finds out (L6).
    const healedWithinMs = startLagMs + longTtlMs * (1.1 / 3 + 1 / 6) + quietMs;
    const excuses = [{ from: downAt, to: serverBackAt + healedWithinMs }];
    await poll(() => performance.now() > serverBackAt + startLagMs || undefined, { what: 'it has told everything' });
    await scene.assertLaws({ healedWithinMs, serverBackAt, excuses });
  }, 60_000);

  test.concurrent.each(['stop', 'kill'] as const)(
    'W6, L3, R6: by %s, for longer than T: all are back',
    async (end) => {
      await using server = await storedServer();
      await using scene = await Scene.open({ url: server.url, ttlMs });
      scene.faultBegins();
      await server[end]();
      const downAt = performance.now();
      await poll(() => performance.now() - downAt > ttlMs || undefined, { what: 'T has passed' });
      for (const { registration } of scene.held) expect(registration.state).toBe('lost');
      await server.start();
      const serverBackAt = performance.now();
      // What it held has run out, and it may say so at once.
      const excuses = [{ from: downAt, to: serverBackAt + regainedWithinMs }];
      await scene.assertLaws({ healedWithinMs: regainedWithinMs, serverBackAt, excuses });
    },
    60_000,
  );

  test.concurrent('L5, R6, W6: frozen for 3 × T: all are back', async () => {
    await using server = await settledServer();
    await using scene = await Scene.open({ url: server.url, ttlMs });
    const frozenAt = scene.faultBegins();
    server.pause();
    await poll(() => performance.now() - frozenAt > 3 * ttlMs || undefined, { what: '3 × T have passed' });
    // Whoever has not been answered for T believes in nothing any more (L5), and nobody was told that anyone is gone.
    for (const { registration } of scene.held) expect(registration.state).toBe('lost');
    server.resume();
    const serverBackAt = performance.now();
    const healedWithinMs = regainedWithinMs + requestMs + coarseMs;
    // Their leases ran out while the agent stood still; it says so as soon as it can.
    const excuses = [{ from: serverBackAt, to: serverBackAt + healedWithinMs }];
    await scene.assertLaws({ healedWithinMs, serverBackAt, excuses });
    for (const { changes } of scene.held) expect(changes.filter(({ to }) => to === 'lost')).toHaveLength(1);
  }, 60_000);

  test.concurrent.each([
    { kind: 'the same node, empty', newIdentity: false, passes: false },
    { kind: 'another node, empty', newIdentity: true, passes: false },
    { kind: 'the same node, past the old index', newIdentity: false, passes: true },
  ])(
    'W6, L6: without its data: it is refilled, and told exactly: $kind',
    async ({ newIdentity, passes }) => {
      await using server = await startConsul(binary);
      await server.settled();
      await using scene = await Scene.open({ url: server.url, ttlMs });
      // A watch that has seen a change has something to go on from, and must not.
      await scene.held[0]?.registration.update({ metadata: { step: '1' } });
      await scene.seen((instances) => instances.some(({ metadata }) => metadata['step'] === '1'), quietMs);
      const before = Math.max(...(await scene.admin.health(scene.consulName)).map(({ modifyIndex }) => modifyIndex));
      const wipedAt = scene.faultBegins();
      const nets = [scene.owner.net, scene.reader.net, scene.lister.net];
      // Not a word of the end of the old agent: whoever connects anew meets the new one, and nothing in between.
      for (const net of nets) net.blackHole();
      await server.wipe({ newIdentity });
      if (passes) await passIndex(scene, before + 20);
      for (const net of nets) {
        net.reset();
        net.restore();
      }
      const serverBackAt = performance.now();
      const excuses = [{ from: wipedAt, to: serverBackAt + regainedWithinMs }];
      await scene.assertLaws({ healedWithinMs: regainedWithinMs, serverBackAt, excuses });
    },
    60_000,
  );
});

describe.concurrent('a store that is restored from an older state', () => {
  test.concurrent('W4, W6: is what a watch shows from then on', async () => {
    await using server = await settledServer();
    await using scene = await Scene.open({ url: server.url, ttlMs: 4_000 });
    // Somebody who is in the saved state, and has left since; at a node that has no agent to put that right.
    const { meta } = await scene.entryOf('b');
    const Node = 'elsewhere';
    await put(server, 'catalog/register', {
      Node,
      Address: '10.0.0.1',
      Service: { ID: 'leaver~0', Service: scene.consulName, Meta: { ...meta, id: 'leaver' } },
      Check: { CheckID: 'rollcall~0', ServiceID: 'leaver~0', Status: 'passing' },
    });
    await scene.seen((instances) => idsOf(instances).has('leaver'), quietMs);
    const saved = await (await fetch(`${server.url}/v1/snapshot`)).arrayBuffer();
    await put(server, 'catalog/deregister', { Node });
    await scene.seen((instances) => !idsOf(instances).has('leaver'), quietMs);
    scene.faultBegins();
    await put(server, 'snapshot', Buffer.from(saved));
    await scene.seen((instances) => idsOf(instances).has('leaver'), quietMs);
    await scene.assertLaws({ healedWithinMs: quietMs });
  }, 60_000);
});

describe.concurrent('a register that was given up while the agent was frozen', () => {
  test.concurrent('R2: nothing of it is left by T + Lag after the agent goes on', async () => {
    await using server = await settledServer();
    await using scene = await Scene.open({ url: server.url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    const aborting = new AbortController();
    const sent = frozenAtRegister(server, forwarder, (exchange) => exchange.forward());
    const registering = client.hold(scene.init('late'), { ttlMs, signal: aborting.signal });
    await sent;
    aborting.abort(new Error('enough'));
    await expect(registering).rejects.toThrow('enough');
    scene.faultBegins();
    // Nothing that the client sends from now on arrives.
    forwarder.interfere = () => true;
    server.resume();
    const resumedAt = performance.now();
    await poll(async () => (await isListed(scene, 'late')) || undefined, { what: 'the agent handles it late' });
    const handledBy = performance.now();
    await poll(async () => ((await isListed(scene, 'late')) ? undefined : true), {
      what: 'it is gone',
      withinMs: handledBy + ttlMs + lagMs - performance.now(),
    });
    await scene.assertLaws({ healedWithinMs: regainedWithinMs, serverBackAt: resumedAt });
    expect(await isListed(scene, 'late')).toBe(false);
  }, 60_000);

  test.concurrent('R2, R7: it is taken back as soon as the agent goes on', async () => {
    await using server = await settledServer();
    await using scene = await Scene.open({ url: server.url, ttlMs: longTtlMs });
    const { client, forwarder } = await scene.forwarded();
    const aborting = new AbortController();
    const sent = frozenAtRegister(server, forwarder, (exchange) => exchange.forward().then(exchange.answer));
    const registering = client.hold(scene.init('late'), { ttlMs: longTtlMs, signal: aborting.signal });
    await sent;
    aborting.abort(new Error('enough'));
    await expect(registering).rejects.toThrow('enough');
    server.resume();
    await client.close();
    // Closing waits for what is under way (C2).
    expect(await scene.entriesOf('late')).toEqual([]);
    expect(client.diagnostics).toEqual([]);
  }, 60_000);
});

/** A server with its data on disk. Leases that run out in its first seconds it tells of late: that is allowed for (L3). */
function storedServer(): Promise<ConsulServer> {
  return startConsul(binary, { kind: 'server' });
}

/** A server that keeps nothing, and tells at once of leases that run out. */
async function settledServer(): Promise<ConsulServer> {
  const server = await startConsul(binary);
  await server.settled();
  return server;
}

/** Writes until the store's index is past `index`, and nothing of it is the scene's. */
async function passIndex({ admin }: Scene, index: number): Promise<void> {
  await poll(
    async () => {
      await admin.register({ Name: 'elsewhere', Meta: { at: String(performance.now()) } });
      return (await admin.health('elsewhere')).some(({ modifyIndex }) => modifyIndex > index) || undefined;
    },
    { what: 'the new history is past the old index', withinMs: 20_000, everyMs: 1 },
  );
}

/** Freezes the agent when a register is on its way to it. @returns when that has been sent */
function frozenAtRegister(
  server: ConsulServer,
  forwarder: HttpForwarder,
  send: (exchange: Exchange) => Promise<unknown>,
): Promise<void> {
  return new Promise((resolve) => {
    forwarder.interfere = (exchange) => {
      if (!isRegister(exchange)) return false;
      server.pause();
      send(exchange).catch(() => undefined);
      forwarder.interfere = () => false;
      resolve();
      return true;
    };
  });
}

async function isListed(scene: Scene, id: string): Promise<boolean> {
  return idsOf(await scene.observer.registry.list(scene.service)).has(id);
}

/** What an operator does to the catalog, past every agent. */
async function put({ url }: ConsulServer, path: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/v1/${path}`, {
    method: 'PUT',
    body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
}
