import { randomUUID } from 'node:crypto';
import type { Registration } from '@rollcall/core';
import { Client, type Held, type OpenRegistry, Scene as SharedScene } from '@rollcall/testing-faults';
import { ConsulAdmin, type ConsulEntry, poll } from '@rollcall/testing-servers';
import { consulRegistry, lagMs } from './consul-registry.ts';
import { HttpForwarder } from './http-forwarder.ts';

/** What a scene plays on. */
interface Stage {
  /** Of the agent itself. */
  readonly url: string;
  readonly ttlMs: number;
  /** How long polls wait. Default: the driver's own. */
  readonly waitMs?: number;
}

/** A client behind somebody who understands what it says. */
export interface Forwarded {
  readonly client: Client;
  readonly forwarder: HttpForwarder;
}

/** A scene at one agent of Consul. */
export class Scene extends SharedScene {
  readonly admin: ConsulAdmin;
  readonly url: string;
  readonly #open: OpenRegistry;
  readonly #forwarders: HttpForwarder[] = [];

  constructor({ url, ttlMs, waitMs }: Stage) {
    const { hostname: host, port } = new URL(url);
    const open: OpenRegistry = ({ endpoints: [endpoint], prefix }, options) =>
      consulRegistry({ endpoint, prefix, ...(waitMs !== undefined && { waitMs }) }, options);
    super({ ttlMs, lagMs, open, prefix: `${randomUUID().slice(0, 8)}-`, target: { host, port: Number(port) } });
    this.#open = open;
    this.url = url;
    this.admin = new ConsulAdmin(url);
  }

  /** Opens a scene, and waits until everyone stands and is seen. */
  static async open(stage: Stage): Promise<Scene> {
    const scene = new Scene(stage);
    await scene.raise();
    return scene;
  }

  /** A client whose requests and answers can be changed on their way. */
  async forwarded(): Promise<Forwarded> {
    const forwarder = await HttpForwarder.start(this.target);
    const client = new Client(this.#open, { endpoints: [forwarder.endpoint], prefix: this.prefix });
    this.admit(client);
    this.#forwarders.push(forwarder);
    return { client, forwarder };
  }

  /** Waits until everyone who lives has renewed once more. */
  async renewed(): Promise<void> {
    const believed = this.held.map(({ registration }) => deadlineOf(registration));
    // A deadline is computed from two readings of the clock: it moves by far more than this, or not at all.
    const isRenewed = ({ registration }: Held, index: number): boolean =>
      deadlineOf(registration) > (believed[index] ?? 0) + 1;
    await poll(() => this.held.every(isRenewed) || undefined, {
      what: 'everyone has renewed',
      withinMs: this.ttlMs,
      everyMs: 1,
    });
  }

  /** Consul's name of the service; those of scenes need no escapes. */
  get consulName(): string {
    return `${this.prefix}${this.service}`;
  }

  /** What stands in the catalog of an id, whatever its checks say. */
  async entriesOf(id: string): Promise<readonly ConsulEntry[]> {
    return (await this.admin.health(this.consulName)).filter(({ meta }) => meta['id'] === id);
  }

  /** The one entry of an id. */
  async entryOf(id: string): Promise<ConsulEntry> {
    const [entry, ...others] = await this.entriesOf(id);
    if (entry === undefined || others.length > 0) throw new Error(`${id} has ${others.length} entries more, or none.`);
    return entry;
  }

  /** An agent keeps the connection of a poll until the poll is over, whoever has gone. */
  protected override async noticeLeavers(): Promise<void> {
    await this.admin.register({ ID: this.prefix, Name: this.consulName });
    await this.admin.deregister(this.prefix);
  }

  /** The agent leaves its scene tidy: what the dead have left stays for a minute otherwise. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    for (const forwarder of this.#forwarders) await forwarder[Symbol.asyncDispose]();
    for (const { serviceId } of await this.admin.health(this.consulName).catch(() => []))
      await this.admin.deregister(serviceId).catch(() => undefined);
  }
}

/** Until when the owner may believe in the lease (L5). */
function deadlineOf({ lease }: Registration): number {
  return performance.now() + lease.remainingMs;
}
