import type { ServiceInstance, ServiceInstanceInit } from '@rollcall/core';
import { poll, type ProxyTarget, TcpProxy } from '@rollcall/testing-servers';
import { expect } from 'vitest';
import { quietMs, slackMs, startLagMs } from './clause-bounds.ts';
import { Client, type Held, type OpenRegistry } from './client.ts';
import { type Excuse, idsOf, Witness } from './witness.ts';

/** What a scene plays on. */
export interface SceneTerms {
  readonly open: OpenRegistry;
  /** The server itself, such as `127.0.0.1:1234`. */
  readonly target: ProxyTarget;
  /** Nobody else's. */
  readonly prefix: string;
  readonly ttlMs: number;
  /** The backend's declared lag (L3). */
  readonly lagMs: number;
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
  readonly client: Client;
  readonly net: TcpProxy;
}

/**
 * One service with three owners who live, one who dies as the fault begins, a witness who reads all the time, and an observer whom
 * no fault reaches. Each has a network of its own.
 */
export class Scene implements AsyncDisposable {
  readonly service: string = 'orders';
  readonly prefix: string;
  readonly ttlMs: number;
  readonly target: ProxyTarget;
  readonly observer: Client;
  readonly held: Held[] = [];
  readonly #open: OpenRegistry;
  readonly #lagMs: number;
  readonly #firstEndpoint: string | undefined;
  readonly #reached: Reached[] = [];
  readonly #admitted: Client[] = [];
  #cast: { readonly owner: Reached; readonly reader: Reached; readonly lister: Reached } | undefined;
  #ghost: Reached | undefined;
  #ghostDiedAt: number | undefined;
  #witness: Witness | undefined;

  constructor({ open, target, prefix, ttlMs, lagMs, firstEndpoint }: SceneTerms) {
    this.target = target;
    this.prefix = prefix;
    this.ttlMs = ttlMs;
    this.#open = open;
    this.#lagMs = lagMs;
    this.#firstEndpoint = firstEndpoint;
    this.observer = new Client(open, { endpoints: [`${target.host}:${target.port}`], prefix });
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
    const client = new Client(this.#open, {
      endpoints: this.#firstEndpoint === undefined ? [net.endpoint] : [this.#firstEndpoint, net.endpoint],
      prefix: this.prefix,
      ...(callTimeoutMs !== undefined && { callTimeoutMs }),
    });
    const reached = { client, net };
    this.#reached.push(reached);
    return reached;
  }

  /** A client that reaches the server in some way of its own: it is closed with the others. */
  protected admit(client: Client): void {
    this.#admitted.push(client);
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

  readonly init: (id: string, service?: string) => ServiceInstanceInit = (id: string, service = this.service) => {
    return { service, id, endpoints: ['http://host.test:80'] };
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
        ? this.#ghostDiedAt + this.ttlMs + this.#lagMs
        : Math.max(this.#ghostDiedAt, serverBackAt) + this.ttlMs + this.#lagMs + startLagMs;
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
    for (const client of this.#admitted) expect(await client.close()).toBeLessThan(client.callTimeoutMs + slackMs);
    for (const { client, net } of this.#reached) {
      const tookMs = await client.close();
      // What is cut off is bounded by its call timeout alone: the rest of the bound is for a busy machine.
      expect(tookMs).toBeLessThan(client.callTimeoutMs + slackMs);
      // What a silent network holds back, such as the end of a connection, passes only now.
      net.restore();
      await this.noticeLeavers();
      await poll(() => net.connections === 0 || undefined, { what: 'no connection is left', withinMs: 1_000 });
    }
    for (const { registration } of this.held) expect(registration.state).toBe('closed');
    const left = idsOf(await this.observer.registry.list(this.service));
    expect(this.held.filter(({ registration }) => left.has(registration.instance.id))).toEqual([]);
  }

  /** For a backend that notices only at its next answer that a client has gone: makes it answer. */
  protected async noticeLeavers(): Promise<void> {}

  #living(): readonly Held[] {
    return this.held.filter(({ registration }) => registration.state !== 'closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#witness?.[Symbol.asyncDispose]();
    await Promise.all([...this.#admitted, ...this.#reached.map(({ client }) => client)].map((one) => one.close()));
    await this.observer.close();
    await Promise.all(this.#reached.map(({ net }) => net[Symbol.asyncDispose]()));
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The scene has not been raised.');
  return value;
}
