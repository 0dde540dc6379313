import type { Registration, Registry } from '@rollcall/core';
import { callMs, quietMs, Witness } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { Cast } from './access/cast.ts';
import { HttpForwarder } from './faults/http-forwarder.ts';
import { PollCount } from './poll-count.ts';

/** Where an agent is. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
}

/** How many polls the watcher of a scene may have open. */
export const maxPolls = 3;

/** What else the client of a scene is told. */
export interface WatchingTerms {
  readonly waitMs?: number;
}

/** One client that watches, through somebody who counts its polls. */
export class WatchingScene implements AsyncDisposable {
  readonly cast: Cast = new Cast();
  readonly polls: PollCount = new PollCount();
  readonly forwarder: HttpForwarder;
  readonly witnesses: Witness[] = [];
  readonly #client: Registry;

  private constructor(forwarder: HttpForwarder, terms: WatchingTerms) {
    this.forwarder = forwarder;
    forwarder.interfere = this.polls.counting();
    this.#client = this.cast.client({ endpoints: forwarder.endpoint, maxPolls, ...terms });
  }

  /** With watches that have been read: each within the bound on a call (E3). */
  static async open(agent: Place, services: readonly string[], terms: WatchingTerms = {}): Promise<WatchingScene> {
    const scene = new WatchingScene(await HttpForwarder.start(agent), terms);
    for (const service of services) scene.watch(service);
    await allShow(scene.witnesses, { count: 0 }, callMs);
    return scene;
  }

  watch(service: string): Witness {
    const witness = new Witness(service, this.#client, undefined);
    this.witnesses.push(witness);
    return witness;
  }

  /** Whether a service has a poll of its own. */
  isPolled(service: string): boolean {
    return this.polls.open.some((path) => path.startsWith(`/v1/health/service/${this.cast.prefix}${service}?`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.witnesses.map((witness) => witness[Symbol.asyncDispose]()));
    await this.cast[Symbol.asyncDispose]();
    await this.forwarder[Symbol.asyncDispose]();
  }
}

/** What every instance of a service is to look like. */
export interface Shown {
  readonly count: number;
  readonly version?: string;
}

/** Waits until each of these watches shows so many instances, live, and all of this version. */
export async function allShow(
  witnesses: readonly Witness[],
  { count, version }: Shown,
  withinMs: number = quietMs,
): Promise<void> {
  const lacking = ({ latest }: Witness): boolean =>
    latest?.freshness !== 'live' ||
    latest.instances.length !== count ||
    latest.instances.some(({ metadata }) => metadata['version'] !== version);
  await poll(() => !witnesses.some(lacking) || undefined, {
    what: `${count} of version ${version ?? 'none'} are shown`,
    withinMs,
  }).catch((error: unknown) => {
    const services = witnesses.filter(lacking).map(({ service }) => service);
    throw new Error(`Not by ${services.join(', ')}`, { cause: error });
  });
}

/** Registers an instance that no renewal comes to, unless its TTL is short. */
export function register(
  client: Registry,
  service: string,
  {
    id = 'owner',
    version,
    ttlMs = 60_000,
  }: { readonly id?: string; readonly version?: string; readonly ttlMs?: number } = {},
): Promise<Registration> {
  const metadata = { ...(version !== undefined && { version }) };
  return client.register({ service, id, endpoints: [`http://${id}.test:80`], metadata }, { ttlMs });
}
