import { setTimeout as sleep } from 'node:timers/promises';
import type { DiagnosticEvent, RegistrationStateChange, Registry, RegistryOptions } from '@rollcall/core';
import { poll, TcpProxy } from '@rollcall/testing-servers';
import { expect } from 'vitest';
import { callMs, quietMs, slackMs, startLagMs } from './clause-bounds.ts';
import type { Held } from './client.ts';
import { idsOf, Witness } from './witness.ts';

/** How often it is looked whether the dead are gone. */
const lookEveryMs = 20;

/** What the laws need to know of what happened. */
export interface CastAftermath {
  /** Reaches the cluster whatever the fault does. */
  readonly observer: Registry;
  /** How soon those who live have to be listed and know it. Default 1 s: nothing but the observer's own way (W4). */
  readonly healedWithinMs?: number;
  /** How soon the last snapshot has to equal `list`. Default: at once, that is within 1 s (W4). */
  readonly convergedWithinMs?: number;
  /** When the last leader was elected: leases count from then on anew (L3). A function where it may happen again at any time, as on a busy machine. */
  readonly leaderSince?: number | (() => number);
  /** Those whose leases the fault itself ended. Nobody else's may ever have been in doubt (L2, L4). */
  readonly lost?: readonly Held[];
}

/** What the backend says of itself, and a prefix of names that is nobody else's. */
export interface CastTerms {
  readonly prefix: string;
  /** The backend's declared lag (L3). */
  readonly lagMs: number;
}

/** Everybody who takes part in one test: under one prefix, around one service, until the test is over. */
export abstract class Cast implements AsyncDisposable {
  readonly service: string = 'orders';
  readonly prefix: string;
  readonly owners: Held[] = [];
  readonly witnesses: Witness[] = [];
  readonly diagnostics: DiagnosticEvent[] = [];
  readonly #lagMs: number;
  readonly #clients: { readonly registry: Registry; readonly callTimeoutMs: number }[] = [];
  readonly #proxies: TcpProxy[] = [];
  #ghostDiedAt: number | undefined;

  constructor({ prefix, lagMs }: CastTerms) {
    this.prefix = prefix;
    this.#lagMs = lagMs;
  }

  /** A client of the server at this endpoint, through `enter`. */
  abstract client(terms: { readonly endpoints: string; readonly callTimeoutMs?: number }): Registry;

  /** Takes a client in: it is closed with the others, and what it is told in the background is kept. */
  protected enter(open: (options: RegistryOptions) => Registry, callTimeoutMs: number = callMs): Registry {
    const registry = open({ callTimeoutMs, onDiagnostic: (event) => this.diagnostics.push(event) });
    this.#clients.push({ registry, callTimeoutMs });
    return registry;
  }

  /** @param service default: the cast's */
  async own(registry: Registry, id: string, ttlMs: number, service: string = this.service): Promise<Held> {
    const changes: RegistrationStateChange[] = [];
    const registration = await registry.register(
      { service, id, endpoints: [`http://${id}.test:80`] },
      { ttlMs, onStateChange: (change) => changes.push(change) },
    );
    const owner = { registration, changes };
    this.owners.push(owner);
    return owner;
  }

  /** Reads all the time from now on. */
  witness(watcher: Registry, lister?: Registry): Witness {
    const witness = new Witness(this.service, watcher, lister);
    this.witnesses.push(witness);
    return witness;
  }

  /** Waits until the last snapshot of each of these witnesses is live and shows at least these ids. */
  async seen(
    ids: readonly string[],
    withinMs: number = quietMs,
    witnesses: readonly Witness[] = this.witnesses,
  ): Promise<void> {
    for (const witness of witnesses)
      await poll(() => (witness.latest?.freshness === 'live' && holds(witness, ids)) || undefined, {
        what: `${ids.join(', ')} are seen`,
        withinMs,
      });
  }

  /** Time passes: what runs out after so long cannot be awaited otherwise. */
  async runOut(ms: number): Promise<void> {
    await sleep(ms);
  }

  /** Registers one who is to die, through a network of its own. @returns what lets it die */
  async ghost(endpoint: string, ttlMs: number): Promise<() => void> {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(endpoint) ?? [];
    const net = await TcpProxy.start({ host, port: Number(port) });
    this.#proxies.push(net);
    // Cut off for good, it takes its whole bound to close. In less, a cluster on a busy machine may still be electing when it registers.
    const registry = this.client({ endpoints: net.endpoint, callTimeoutMs: 2_000 });
    await registry.register({ service: this.service, id: 'ghost', endpoints: ['http://ghost.test:80'] }, { ttlMs });
    return () => {
      net.cut();
      this.#ghostDiedAt = performance.now();
    };
  }

  /** Nobody alive is missing, nobody dead is listed, no error was an absence, and everything ends within its bound. */
  async assertLaws(aftermath: CastAftermath): Promise<void> {
    const { observer, convergedWithinMs = quietMs } = aftermath;
    await this.#nobodyAliveIsMissing(aftermath);
    await this.#nobodyDeadIsListed(aftermath);
    const listed = await observer.list(this.service);
    for (const witness of this.witnesses)
      await poll(
        () =>
          (witness.latest?.freshness === 'live' &&
            JSON.stringify(witness.latest.instances) === JSON.stringify(listed)) ||
          undefined,
        { what: 'the watch shows what is listed', withinMs: convergedWithinMs },
      );
    this.#noErrorWasAnAbsence(aftermath);
    await this.#everythingEnds(observer);
  }

  async #nobodyAliveIsMissing({ observer, healedWithinMs = quietMs }: CastAftermath): Promise<void> {
    await poll(
      async () => {
        const ids = idsOf(await observer.list(this.service));
        return this.#living().every(
          ({ registration: { state, instance } }) => state === 'active' && ids.has(instance.id),
        )
          ? true
          : undefined;
      },
      { what: 'everyone who is alive is listed, and knows it', withinMs: healedWithinMs },
    );
  }

  async #nobodyDeadIsListed({ observer, leaderSince = 0 }: CastAftermath): Promise<void> {
    const diedAt = this.#ghostDiedAt;
    if (diedAt === undefined) return;
    const ttlMs = Math.max(...this.owners.map(({ registration }) => registration.lease.ttlMs));
    const deadline = (): number => {
      const electedAt = typeof leaderSince === 'number' ? leaderSince : leaderSince();
      const electionLagMs = electedAt > diedAt ? startLagMs : 0;
      return Math.max(diedAt, electedAt) + ttlMs + this.#lagMs + electionLagMs;
    };
    while (idsOf(await observer.list(this.service)).has('ghost')) {
      if (performance.now() > deadline()) throw new Error('Who died is still listed after T + Lag (L3).');
      await sleep(lookEveryMs);
    }
    for (const witness of this.witnesses) expect(witness.presencesOf('ghost', deadline())).toEqual([]);
  }

  #noErrorWasAnAbsence({ lost = [] }: CastAftermath): void {
    const kept = this.#living().filter((owner) => !lost.includes(owner));
    for (const { changes } of kept) expect(changes.map(({ to }) => to)).not.toContain('lost');
    for (const witness of this.witnesses) {
      for (const { registration } of kept)
        expect(witness.absencesOf(registration.instance.id, []), registration.instance.id).toEqual([]);
      expect(witness.oddErrors).toEqual([]);
      expect(witness.watchEnd).toBeUndefined();
      expect([...witness.folded.keys()].toSorted()).toEqual(witness.latest?.instances.map(({ id }) => id));
    }
  }

  async #everythingEnds(observer: Registry): Promise<void> {
    await Promise.all(this.witnesses.map((witness) => witness[Symbol.asyncDispose]()));
    await Promise.all(
      this.#clients
        .filter(({ registry }) => registry !== observer)
        .map(async ({ registry, callTimeoutMs }) => {
          const from = performance.now();
          await registry.close();
          expect(performance.now() - from).toBeLessThan(callTimeoutMs + slackMs);
        }),
    );
    const left = idsOf(await observer.list(this.service));
    expect(this.owners.filter(({ registration }) => left.has(registration.instance.id))).toEqual([]);
  }

  #living(): readonly Held[] {
    return this.owners.filter(({ registration }) => registration.state !== 'closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.witnesses.map((witness) => witness[Symbol.asyncDispose]()));
    await Promise.all(this.#clients.map(({ registry }) => registry.close().catch(() => undefined)));
    await Promise.all(this.#proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}

function holds(witness: Witness, ids: readonly string[]): boolean {
  const seen = idsOf(witness.latest?.instances ?? []);
  return ids.every((id) => seen.has(id));
}
