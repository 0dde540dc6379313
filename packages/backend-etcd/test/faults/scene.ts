import { randomUUID } from 'node:crypto';
import type { ServiceInstance, ServiceInstanceInit } from '@rollcall/core';
import { EtcdAdmin, poll, type ProxyTarget, TcpProxy } from '@rollcall/testing-servers';
import { expect } from 'vitest';
import { EtcdClient, type Held } from './client.ts';
import { type Excuse, idsOf, Witness } from './witness.ts';

/** etcd's declared lag (L3). */
export const lagMs = 1_500;

/** How much longer the lag may be in the first seconds after a server's start (L3). */
export const startLagMs = 3_000;

/** Within this the last snapshot equals `list`, once the backend is available and quiet (W4). */
export const quietMs = 1_000;

/** Within this a break that heals need not be told (W7). */
export const graceMs = 1_000;

/** Within this a connection that died without a word is noticed (W7). */
export const silenceMs = 20_000;

/** The driver's default bound on reaching one endpoint. */
export const dialMs = 2_000;

/** What a scene plays on. */
export interface Stage {
  /** Of the server itself. */
  readonly url: string;
  readonly ttlMs: number;
  /** An endpoint that every client but the observer is told before the one of its own network. */
  readonly firstEndpoint?: string;
}

/** What the laws need to know of what happened. */
export interface Aftermath {
  /** How soon after the fault those who live have to be listed again: the fault's own bound. */
  readonly healedWithinMs: number;
  /** How soon after that the watch has to show it. Default: W4's bound. */
  readonly watchHealedWithinMs?: number;
  /** When those who live may be absent: only where the store itself had lost them. */
  readonly excuses?: readonly Excuse[];
  /** When the server began to run again, if it was down or frozen: leases count from then on anew (L3). */
  readonly serverBackAt?: number;
}

/** A client behind a network of its own. */
export interface Reached {
  readonly client: EtcdClient;
  readonly net: TcpProxy;
}

/**
 * One service with three owners who live, one who dies as the fault begins, a witness who reads all the time, and an observer whom
 * no fault reaches. Each has a network of its own.
 */
export class Scene implements AsyncDisposable {
  readonly service = 'orders';
  readonly prefix = `/rollcall-${randomUUID()}`;
  readonly ttlMs: number;
  readonly admin: EtcdAdmin;
  readonly url: string;
  readonly target: ProxyTarget;
  readonly observer: EtcdClient;
  readonly held: Held[] = [];
  readonly #firstEndpoint: string | undefined;
  readonly #reached: Reached[] = [];
  #cast: { readonly owner: Reached; readonly reader: Reached; readonly lister: Reached } | undefined;
  #ghost: Reached | undefined;
  #ghostDiedAt: number | undefined;
  #witness: Witness | undefined;

  constructor({ url, ttlMs, firstEndpoint }: Stage) {
    const { hostname, port } = new URL(url);
    this.url = url;
    this.ttlMs = ttlMs;
    this.#firstEndpoint = firstEndpoint;
    this.admin = new EtcdAdmin(url);
    this.target = { host: hostname, port: Number(port) };
    this.observer = new EtcdClient({ endpoints: `${hostname}:${port}`, prefix: this.prefix });
  }

  /** Opens a scene, and waits until everyone stands and is seen. */
  static async open(stage: Stage): Promise<Scene> {
    const scene = new Scene(stage);
    await scene.raise();
    return scene;
  }

  get owner(): Reached {
    return present(this.#cast).owner;
  }

  get reader(): Reached {
    return present(this.#cast).reader;
  }

  get lister(): Reached {
    return present(this.#cast).lister;
  }

  get witness(): Witness {
    return present(this.#witness);
  }

  /** A client through a proxy of its own. */
  async reach(callTimeoutMs?: number): Promise<Reached> {
    const net = await TcpProxy.start(this.target);
    const client = new EtcdClient({
      endpoints: [...(this.#firstEndpoint === undefined ? [] : [this.#firstEndpoint]), net.endpoint],
      prefix: this.prefix,
      ...(callTimeoutMs !== undefined && { callTimeoutMs }),
    });
    const reached = { client, net };
    this.#reached.push(reached);
    return reached;
  }

  /** The clients, without any entry yet. */
  async gather(): Promise<void> {
    const [owner, reader, lister] = await Promise.all([this.reach(), this.reach(), this.reach()]);
    this.#cast = { owner, reader, lister };
    this.#witness = new Witness(this.service, reader.client.registry, lister.client.registry);
  }

  async raise(): Promise<void> {
    await this.gather();
    // Its owner is cut off for good, so that closing it takes its whole bound.
    const ghost = await this.reach(2_000);
    this.#ghost = ghost;
    const { ttlMs } = this;
    await ghost.client.registry.register(this.init('ghost'), { ttlMs });
    for (const id of ['a', 'b', 'c']) this.held.push(await this.owner.client.hold(this.init(id), { ttlMs }));
    await this.seen((instances) => ['a', 'b', 'c', 'ghost'].every((id) => idsOf(instances).has(id)), 10_000);
    await poll(() => this.witness.sights.some(({ by, ids }) => by === 'list' && ids.has('c')) || undefined, {
      what: 'the lister has listed all',
    });
  }

  readonly init = (id: string, service: string = this.service): ServiceInstanceInit => {
    return { service, id, endpoints: ['http://host.test:80'] };
  };

  /** Where an entry stands; the ids of scenes need no escapes. */
  readonly keyOf = (id: string): string => {
    return `${this.prefix}/instances/${this.service}/${id}`;
  };

  /** The fault begins: the one who is to die is cut off for good. */
  faultBegins(): number {
    this.#ghost?.net.cut();
    this.#ghostDiedAt = performance.now();
    return this.#ghostDiedAt;
  }

  /** Waits until the witness's latest live snapshot is as wanted. */
  async seen(isWanted: (instances: readonly ServiceInstance[]) => boolean, withinMs: number): Promise<void> {
    const isSeen = (): true | undefined => {
      const { latest } = this.witness;
      return (latest?.freshness === 'live' && isWanted(latest.instances)) || undefined;
    };
    await poll(isSeen, { what: `the watch of ${this.service} shows what is wanted`, withinMs });
  }

  /** Waits until the witness has read a snapshot like this, after those it has already. */
  async tells(freshness: 'live' | 'stale', withinMs: number): Promise<void> {
    await poll(() => this.witness.latest?.freshness === freshness || undefined, {
      what: `the watch becomes ${freshness}`,
      withinMs,
    });
  }

  /** The four laws, then the end of everything. */
  async assertLaws({
    healedWithinMs,
    watchHealedWithinMs = quietMs,
    excuses = [],
    serverBackAt,
  }: Aftermath): Promise<void> {
    await this.#nobodyAliveIsMissing(healedWithinMs);
    await this.#nobodyDeadIsListed(serverBackAt);
    await this.#watchEqualsList(watchHealedWithinMs);
    this.#noErrorWasAnAbsence(excuses);
    await this.#everythingEnds();
  }

  async #nobodyAliveIsMissing(withinMs: number): Promise<void> {
    const living = this.#living();
    await poll(
      async () => {
        const ids = idsOf(await this.observer.registry.list(this.service));
        const isWhole = living.every(({ registration }) => ids.has(registration.instance.id));
        return (isWhole && living.every(({ registration }) => registration.state === 'active')) || undefined;
      },
      { what: 'everyone who is alive is listed, and knows it', withinMs },
    );
  }

  async #nobodyDeadIsListed(serverBackAt: number | undefined): Promise<void> {
    if (this.#ghostDiedAt === undefined) return;
    const deadline =
      serverBackAt === undefined
        ? this.#ghostDiedAt + this.ttlMs + lagMs
        : Math.max(this.#ghostDiedAt, serverBackAt) + this.ttlMs + lagMs + startLagMs;
    const isGone = async (): Promise<true | undefined> =>
      idsOf(await this.observer.registry.list(this.service)).has('ghost') ? undefined : true;
    const withinMs = Math.max(0, deadline - performance.now());
    await poll(isGone, { what: 'who died is gone by T + Lag (L3)', withinMs });
    expect(this.witness.presencesOf('ghost', deadline)).toEqual([]);
  }

  async #watchEqualsList(withinMs: number): Promise<void> {
    const { service } = this;
    const listed = await this.observer.registry.list(service);
    await this.seen((instances) => JSON.stringify(instances) === JSON.stringify(listed), withinMs);
    expect([...this.witness.folded.keys()].toSorted()).toEqual(listed.map(({ id }) => id));
  }

  #noErrorWasAnAbsence(excuses: readonly Excuse[]): void {
    const { witness } = this;
    for (const { registration } of this.#living())
      expect(witness.absencesOf(registration.instance.id, excuses), registration.instance.id).toEqual([]);
    expect(witness.oddErrors).toEqual([]);
    expect(witness.watchEnd).toBeUndefined();
  }

  async #everythingEnds(): Promise<void> {
    await this.witness[Symbol.asyncDispose]();
    for (const { client, net } of this.#reached) {
      const tookMs = await client.close();
      // What is cut off is bounded by its call timeout alone: the rest of the bound is for a busy machine.
      expect(tookMs).toBeLessThan(client.callTimeoutMs + 500);
      // What a silent network holds back, such as the end of a connection, passes only now.
      net.restore();
      await poll(() => net.connections === 0 || undefined, { what: 'no connection is left', withinMs: 1_000 });
    }
    for (const { registration } of this.held) expect(registration.state).toBe('closed');
    const left = idsOf(await this.observer.registry.list(this.service));
    expect(this.held.filter(({ registration }) => left.has(registration.instance.id))).toEqual([]);
  }

  #living(): readonly Held[] {
    return this.held.filter(({ registration }) => registration.state !== 'closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#witness?.[Symbol.asyncDispose]();
    await Promise.all(this.#reached.map(({ client }) => client.close()));
    await this.observer.close();
    await Promise.all(this.#reached.map(({ net }) => net[Symbol.asyncDispose]()));
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The scene has not been raised.');
  return value;
}
