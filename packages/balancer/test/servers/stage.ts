import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { type Clock, createRegistry, manualClock, openRegistry, type Registry, systemClock } from '@rollcall/core';
import { poll, startConsul, startEtcd, TcpProxy } from '@rollcall/testing-servers';
import { inject } from 'vitest';
import { quietMs, slackMs } from '../../../../testing/faults/src/index.ts';

/** A registry that can be taken away, with owners who have a network of their own. */
export interface Stage extends AsyncDisposable {
  /** Where those register whom a cache follows. */
  readonly owners: Registry;
  /** What a cache asks. */
  readonly caller: Registry;
  /** What a cache follows. */
  readonly clock: Clock;
  /** How soon a cache is live once the registry serves again (W4). */
  readonly liveWithinMs: number;
  /** The registry does not answer any more. */
  stop(): Promise<void>;
  /** It is stopped, and has lost all it knew. */
  erase(): Promise<void>;
  /** It serves again. */
  start(): Promise<void>;
  /** The owners do not reach it. */
  cutOwners(): void;
  /** They do again. */
  restoreOwners(): void;
  /** Lets so much time pass: on a manual clock at once. */
  pass(ms: number): Promise<void>;
  /** Waits until something holds, for as long as this clock takes. */
  until(what: string, holds: () => boolean, withinMs?: number): Promise<void>;
}

/** A server of a stage's own. */
export interface StageServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  erase(): Promise<void>;
}

/** Servers whose data are on disk, so that what was registered stands there still when they come back. */
export const servers: Readonly<Record<'etcd' | 'consul', () => Promise<StageServer>>> = {
  etcd: () => startEtcd(inject('binaries').etcd35),
  consul: () => startConsul(inject('binaries').consul, { kind: 'server' }),
};

/** A stage on each backend. */
export const stages: Readonly<Record<'memory' | 'etcd' | 'consul', () => Promise<Stage>>> = {
  memory: openMemory,
  etcd: () => openServer('etcd'),
  consul: () => openServer('consul'),
};

async function openMemory(): Promise<Stage> {
  const clock = manualClock();
  const store = new MemoryStore({ clock });
  const drivers = { owners: memoryDriver(store), caller: memoryDriver(store) };
  const owners = createRegistry(drivers.owners);
  const caller = createRegistry(drivers.caller);
  let areOwnersCut = false;
  const stop = async (): Promise<void> => {
    for (const driver of Object.values(drivers)) driver.disconnect();
  };
  return {
    owners,
    caller,
    clock,
    liveWithinMs: quietMs,
    stop,
    async erase() {
      await stop();
      store.wipe();
    },
    async start() {
      drivers.caller.reconnect();
      if (!areOwnersCut) drivers.owners.reconnect();
    },
    cutOwners() {
      areOwnersCut = true;
      drivers.owners.disconnect();
    },
    restoreOwners() {
      areOwnersCut = false;
      drivers.owners.reconnect();
    },
    pass: (ms) => clock.advance(ms),
    async until(what, holds, withinMs = 10_000) {
      for (const deadline = clock.now() + withinMs; !holds(); await clock.advance(20))
        if (clock.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`);
    },
    async [Symbol.asyncDispose]() {
      await owners.close();
      await caller.close();
    },
  };
}

async function openServer(backend: 'etcd' | 'consul'): Promise<Stage> {
  const server = await servers[backend]();
  const network = await TcpProxy.start({ host: server.host, port: server.port });
  const owners = registryAt(backend, network.endpoint);
  const caller = registryAt(backend, server.endpoint);
  return {
    owners,
    caller,
    clock: systemClock,
    liveWithinMs: quietMs + slackMs,
    stop: () => server.stop(),
    erase: () => server.erase(),
    start: () => server.start(),
    cutOwners: () => network.cut(),
    restoreOwners: () => network.restore(),
    // What runs out after so long cannot be awaited otherwise.
    pass: (ms) => sleep(ms),
    async until(what, holds, withinMs) {
      await poll(() => holds() || undefined, { what, ...(withinMs === undefined ? {} : { withinMs }) });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([owners.close(), caller.close()]);
      await network[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A client of the server there. */
export function registryAt(backend: 'etcd' | 'consul', endpoint: string): Registry {
  return openRegistry(`${backend}://${endpoint}`, { backends: [etcdBackend(), consulBackend()] });
}
