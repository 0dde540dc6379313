import { CallerSignals } from '../cancelling/caller-signals.ts';
import { LateSignal } from '../cancelling/late-signal.ts';
import { within } from '../cancelling/within.ts';
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import { CallGate } from '../driver/call-gate.ts';
import { callFailure, type CallSubject, noAnswer } from '../driver/call-failure.ts';
import { DriverCalls } from '../driver/driver-calls.ts';
import type { BackendCapabilities, RegistryDriver } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance, ServiceInstanceInit } from '../instance/instance.ts';
import { serviceInstance } from '../instance/service-instance.ts';
import { serviceName } from '../instance/service-name.ts';
import { OpenRegistration } from '../registration/open-registration.ts';
import { register, registerTerms } from '../registration/register.ts';
import type { RegisterOptions, Registration } from '../registration/registration.ts';
import { DeadlineQueue } from '../time/deadline-queue.ts';
import type { Clock } from '../time/clock.ts';
import { systemClock } from '../time/system-clock.ts';
import { WakeLock } from '../time/wake-lock.ts';
import { byId } from '../watch/service-set.ts';
import { WatchHub } from '../watch/watch-hub.ts';
import type { Watcher } from '../watch/watcher.ts';
import { type CallOptions, checkCallOptions } from './call-options.ts';
import { OwnerTokens } from './owner-tokens.ts';
import { checkRegistryOptions, type RegistryOptions } from './registry-options.ts';
import type { RegistryParts } from './registry-parts.ts';
import type { Registry, WatchOptions } from './registry.ts';
import { Unfinished } from './unfinished.ts';

/** Calls in flight for one registry (E3). */
const callsInFlight = 256;

/**
 * The registry that users hold, on top of a backend's driver. Does no I/O (B2). Closing it disposes the driver.
 * @throws TypeError for a bad option, naming it
 */
export function createRegistry(driver: RegistryDriver, options?: RegistryOptions): Registry {
  return new DrivenRegistry(driver, options);
}

class DrivenRegistry implements Registry {
  readonly #parts: RegistryParts;
  readonly #hub: WatchHub;
  readonly #owners: OwnerTokens;
  readonly #open = new Set<OpenRegistration>();
  #closing: Promise<void> | undefined;

  constructor(driver: RegistryDriver, options: RegistryOptions | undefined) {
    const { clock: given, random, callTimeoutMs, onDiagnostic } = checkRegistryOptions(options);
    const clock = clockOf(driver, given);
    const queue = new DeadlineQueue(clock, { background: false });
    const gate = new CallGate(callsInFlight);
    this.#parts = {
      driver,
      clock,
      random,
      callTimeoutMs,
      queue,
      gate,
      // Beside the renewals, not among them: a call that is over would keep its place, and what it holds, until it were due.
      calls: new DriverCalls({
        driver,
        clock,
        queue: new DeadlineQueue(clock, { background: false }),
        gate,
        callTimeoutMs,
      }),
      diagnostics: new Diagnostics(onDiagnostic),
      wakeLock: new WakeLock(clock),
      signals: new CallerSignals(),
      ending: new LateSignal(),
      unfinished: new Unfinished(),
    };
    this.#hub = new WatchHub(this.#parts);
    this.#owners = new OwnerTokens(random);
  }

  get backend(): string {
    return this.#parts.driver.name;
  }

  get capabilities(): BackendCapabilities {
    return this.#parts.driver.capabilities;
  }

  async register(init: ServiceInstanceInit, options?: RegisterOptions): Promise<Registration> {
    const parts = this.#parts;
    const instance = serviceInstance(init);
    const terms = registerTerms(options, parts.driver.capabilities);
    this.#throwIfClosed();
    terms.signal?.throwIfAborted();
    parts.wakeLock.acquire();
    try {
      const registering = register(parts, instance, this.#owners.next(), terms);
      parts.unfinished.add(registering);
      const hold = await registering;
      return new OpenRegistration(parts, hold, this.#open);
    } finally {
      parts.wakeLock.release();
    }
  }

  async list(service: string, options?: CallOptions): Promise<readonly ServiceInstance[]> {
    const name = serviceName(service, 'service');
    const { signal } = checkCallOptions(options);
    this.#throwIfClosed();
    const { calls, driver, signals } = this.#parts;
    const snapshot = await calls.run({
      action: 'list the instances',
      service: name,
      by: 'user',
      stop: signals.stop(signal),
      call: (given) => driver.list(name, given),
    });
    this.#hub.malformed.note(name, snapshot);
    return Object.freeze(snapshot.instances.toSorted(byId));
  }

  async services(options?: CallOptions): Promise<readonly string[]> {
    const { signal } = checkCallOptions(options);
    this.#throwIfClosed();
    const { calls, driver, signals } = this.#parts;
    const names = await calls.run({
      action: 'list the services',
      by: 'user',
      stop: signals.stop(signal),
      call: (given) => driver.services(given),
    });
    return Object.freeze(names.toSorted());
  }

  watch(service: string, options?: WatchOptions): Watcher {
    const name = serviceName(service, 'service');
    const { signal } = checkCallOptions(options);
    const reader = this.#hub.reader(name, this.#parts.signals.stop(signal));
    if (this.#parts.ending.isAborted) reader.fail(this.#parts.ending.reason);
    return reader;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { driver, clock, callTimeoutMs, calls, ending, unfinished } = this.#parts;
    const until = clock.now() + callTimeoutMs;
    const reason = new RegistryError(
      'REGISTRY_CLOSED',
      `The registry is closed (${driver.name} at ${driver.address}).`,
    );
    ending.abort(reason);
    calls.cancelUsers(reason);
    this.#hub.close();
    for (const registration of this.#open) this.#deregister(registration);
    // What is not done by then is left to its TTL.
    await within(clock, callTimeoutMs, unfinished.finished(), () => undefined).catch(() => undefined);
    const leftMs = Math.max(1, until - clock.now());
    const subject: CallSubject = { action: 'close the connection' };
    await within(clock, leftMs, this.#dispose(subject), () => noAnswer(subject, driver, callTimeoutMs));
  }

  /** What could not be deregistered is left to its TTL, and reported (C2). */
  #deregister(registration: OpenRegistration): void {
    const { service, id } = registration.instance;
    registration.close().catch((error: unknown) => {
      this.#parts.diagnostics.report({ type: 'deregistration-failed', service, id, error });
    });
  }

  async #dispose(subject: CallSubject): Promise<void> {
    const { driver } = this.#parts;
    try {
      await driver[Symbol.asyncDispose]();
    } catch (error) {
      throw callFailure(error, subject, driver);
    }
  }

  #throwIfClosed(): void {
    if (this.#parts.ending.isAborted) throw this.#parts.ending.reason;
  }
}

/** Two clocks would tell two times, and one of them may stand still. */
function clockOf(driver: RegistryDriver, given: Clock | undefined): Clock {
  if (given !== undefined && driver.clock !== undefined && given !== driver.clock)
    throw new TypeError(
      `options.clock: expected the clock of the ${driver.name} backend, whose leases would expire on another time; leave it out`,
    );
  return given ?? driver.clock ?? systemClock;
}
