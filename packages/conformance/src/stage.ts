import type {
  createRegistry,
  DiagnosticEvent,
  Registry,
  RegistryErrorCode,
  RegistryOptions,
  ServiceInstanceInit,
} from '@rollcall/core';
import { RegistryError } from '@rollcall/core';
import type { BackendCapabilities, RegistryDriver } from '@rollcall/core/driver';
import { ConformanceError } from './conformance-error.ts';
import { DriverHand } from './driver-hand.ts';
import { DriverReader } from './driver-reader.ts';
import type { Client, Harness, World } from './harness.ts';
import { Reader } from './reader.ts';
import { seededRandom } from './seeded-random.ts';
import { TappedDriver } from './tapped-driver.ts';
import { watchDelayOf } from './watch-delay.ts';

/** A client with a registry on top, and what its registry had to say. */
export interface Actor {
  /** Its connection, and what can happen to it. */
  readonly client: Client;
  /** On top of the client, or of a tap in between; the stage closes it. */
  readonly registry: Registry;
  /** What the registry has reported so far, in order (E4). It grows. */
  readonly diagnostics: readonly DiagnosticEvent[];
}

/** An actor between whose registry and driver somebody sits who counts, holds and loses calls. */
export interface TappedActor extends Actor {
  /** Counts, holds and loses the calls of the registry to its driver. */
  readonly tap: TappedDriver;
}

/** How the suite makes a registry: core's own function, or a mutant of it that has to be caught. */
export type CreateRegistry = typeof createRegistry;

/** Bound on one call in the suite's registries, in milliseconds: short, so that calls to a cut backend end soon (E3). */
export const callTimeoutMs = 1_000;

/** Within this time a watch shows what `list` would, once the backend is quiet (W4). */
export const convergenceMs = 1_000;

/** What a timer or a reply may be late by on a real clock that is shared with the rest of the machine. */
const realSlackMs = 250;

/** A world with the hands that every case needs: actors, readers, and waiting that ends. */
export class Stage implements AsyncDisposable {
  /** The empty backend that the case plays on; ends with the stage. */
  readonly world: World;
  /** What the backend declares (B3). */
  readonly capabilities: BackendCapabilities;
  /** TTL that the cases ask for. */
  readonly ttlMs: number;
  /** Beyond its TTL an entry may be listed for this long (L3). */
  readonly lagMs: number;
  /** What a timer or a reply may be late by: nothing on a clock that stands still by itself, so that a millisecond counts. */
  readonly slackMs: number;
  /** How far a watch may be behind on a clock that is moved by hand, in random programs (W4). */
  readonly watchDelayMs: number;
  readonly #createRegistry: CreateRegistry;
  readonly #registries: Registry[] = [];
  readonly #readers: Reader[] = [];
  readonly #driverReaders: DriverReader[] = [];
  readonly #taps: TappedDriver[] = [];
  #seed = 1;

  /**
   * Takes over `world`: disposing the stage disposes it too.
   * @param create makes the registries; core's `createRegistry`, unless core itself is under test
   */
  constructor(world: World, harness: Harness, create: CreateRegistry) {
    this.world = world;
    this.capabilities = harness.capabilities;
    this.ttlMs = harness.ttlMs;
    this.lagMs = harness.capabilities.lease.maxExpiryLagMs;
    this.slackMs = movesByItself(world) ? realSlackMs : 0;
    this.watchDelayMs = watchDelayOf(harness);
    this.#createRegistry = create;
  }

  /** An instant of the world's clock. */
  get now(): number {
    return this.world.clock.now();
  }

  /** A new client of the world with a registry on top. */
  async actor(options: RegistryOptions = {}): Promise<Actor> {
    const client = await this.world.connect();
    return { client, ...this.open(client.driver, options) };
  }

  /** As `actor`, with a tap between registry and driver. */
  async tapped(options: RegistryOptions = {}): Promise<TappedActor> {
    const client = await this.world.connect();
    const tap = new TappedDriver(client.driver);
    this.#taps.push(tap);
    return { client, tap, ...this.open(tap, options) };
  }

  /** A registry on top of a driver. Its jitter is drawn from a seed of its own, so that runs repeat (T2). */
  open(driver: RegistryDriver, options: RegistryOptions = {}): Pick<Actor, 'registry' | 'diagnostics'> {
    const diagnostics: DiagnosticEvent[] = [];
    const registry = this.#createRegistry(driver, {
      clock: this.world.clock,
      random: seededRandom(this.#seed++),
      callTimeoutMs,
      onDiagnostic: (event) => diagnostics.push(event),
      ...options,
    });
    this.#registries.push(registry);
    return { registry, diagnostics };
  }

  /** A new client of the world whose driver is called by hand. */
  async hand(): Promise<DriverHand> {
    return new DriverHand(await this.world.connect(), `hand ${this.#seed++}`);
  }

  /** A reader that reads all the time and holds every snapshot against what watching promises (W1–W5). */
  read(actor: Actor, service = 'orders'): Reader {
    const reader = new Reader(actor.registry.watch(service));
    this.#readers.push(reader);
    return reader;
  }

  /** Follows what the driver itself tells, step by step, with no core in between. */
  readDriver(client: Client, service = 'orders'): DriverReader {
    const reader = new DriverReader(client.driver, service);
    this.#driverReaders.push(reader);
    return reader;
  }

  /** Ids that the backend lists to `actor` now. */
  async ids(actor: Actor, service = 'orders'): Promise<readonly string[]> {
    return (await actor.registry.list(service)).map((instance) => instance.id);
  }

  /** What has been sent arrives, and what falls due now happens; no time passes. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await this.world.elapse(0);
  }

  /** Lets time pass until `instant` and no further, as far as the clock allows. */
  async elapseUntil(instant: number): Promise<void> {
    for (let leftMs = instant - this.now; leftMs > 0; leftMs = instant - this.now) await this.world.elapse(leftMs);
    await this.settle();
  }

  /**
   * What must hold until `instant`: probes ever more often on the way there, for the last time a millisecond before. A probe
   * that ends later does not count, so that the case is right however slow the backend answers.
   */
  async holdsUntil(instant: number, what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
    for (;;) {
      const held = await probe();
      const leftMs = instant - this.now;
      if (leftMs <= 0) return;
      if (!held) throw new ConformanceError(`${what}: not so ${shown(leftMs)} ms before it may end`);
      await this.world.elapse(leftMs <= 1 ? leftMs : Math.max(1, Math.floor(leftMs / 2)));
    }
  }

  /** What must hold for `ms` milliseconds: probes all the way. */
  async holdsFor(ms: number, what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
    const started = this.now;
    for (;;) {
      if (!(await probe())) throw new ConformanceError(`${what}: not so after ${shown(this.now - started)} ms`);
      if (this.now - started >= ms) return;
      await this.world.elapse(Math.min(this.#stepMs(ms), Math.max(0, started + ms - this.now)));
    }
  }

  /** Lets time pass until `probe` holds. Fails, saying `what`, when it does not within `withinMs` of the world's time. */
  async until(what: string, probe: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
    const started = this.now;
    if (await probe()) return;
    await this.settle();
    for (;;) {
      const spentMs = this.now - started;
      if (await probe()) return;
      if (spentMs >= withinMs) throw new ConformanceError(`${what}: not within ${shown(withinMs)} ms`);
      await this.world.elapse(Math.min(this.#stepMs(withinMs), withinMs - spentMs));
    }
  }

  /** Lets time pass until `promise` settles, and gives what it came to. Fails when it does not within `withinMs`. */
  async settled<T>(what: string, promise: Promise<T>, withinMs: number): Promise<T> {
    let over = false;
    const mark = (): void => {
      over = true;
    };
    promise.then(mark, mark);
    await this.until(what, () => over, withinMs);
    return promise;
  }

  /** What `promise` rejects with. Fails when it resolves, or does not settle within `withinMs`. */
  async failure(what: string, promise: Promise<unknown>, withinMs: number = 2 * callTimeoutMs): Promise<unknown> {
    const outcome = promise.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const failed = await this.settled(`${what} rejects`, outcome, withinMs);
    if (failed === undefined) throw new ConformanceError(`${what} rejects: it resolved`);
    return failed.error;
  }

  /** As `failure`, for a `RegistryError` of that code. */
  async refused(
    what: string,
    promise: Promise<unknown>,
    code: RegistryErrorCode,
    withinMs?: number,
  ): Promise<RegistryError> {
    const error = await this.failure(what, promise, withinMs);
    if (RegistryError.is(error, code)) return error;
    throw new ConformanceError(`${what} rejects with ${code}, not with ${told(error)}`, { cause: error });
  }

  /** Throws the first law of watching that any reader of this stage saw broken. */
  checkReaders(): void {
    for (const reader of this.#readers) reader.check();
  }

  /** Closes every registry, then the world. Rejects when closing does not end within its bound (C2). */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const tap of this.#taps) tap.letGo();
    for (const reader of this.#driverReaders) reader.end();
    const closing = Promise.allSettled(this.#registries.map((registry) => registry.close()));
    try {
      await this.settled('closing what the case had opened', closing, 4 * callTimeoutMs);
    } finally {
      await this.world[Symbol.asyncDispose]();
    }
  }

  /** Fine enough to see what happens, coarse enough to get there. */
  #stepMs(withinMs: number): number {
    return this.slackMs > 0 ? Math.max(1, Math.min(25, withinMs / 20)) : Math.max(1, Math.floor(withinMs / 40));
  }
}

/** Whether time passes without `elapse`: a clock that shows the same instant ten thousand times over is moved by hand. */
function movesByItself({ clock }: World): boolean {
  const before = clock.now();
  for (let look = 0; look < 10_000; look += 1) if (clock.now() !== before) return true;
  return false;
}

function told(error: unknown): string {
  return RegistryError.is(error) ? `${error.code}: ${error.message}` : String(error);
}

function shown(ms: number): string {
  return String(Math.round(ms * 10) / 10);
}

/** A smallest instance of a service, told apart by `number`. */
export function sample(service = 'orders', number = 1): ServiceInstanceInit {
  return { service, id: `i${number}`, endpoints: [`http://10.0.0.${number}:8080`] };
}

/**
 * By when an owner has noticed what happened to its entry, and acted upon it: the next renewal is T/3 away, give or take a
 * tenth (L4), and one call follows.
 */
export function noticedMs(ttlMs: number): number {
  return 0.37 * ttlMs + callTimeoutMs;
}

/** By when an owner that lost its entry has it back after an outage: one attempt that hangs, the longest pause, one that works (R6). */
export function healedMs(ttlMs: number): number {
  return ttlMs / 3 + 2 * callTimeoutMs;
}
