import type { RegisterOptions, Registration, RegistrationStateChange } from '../../src/registration/registration.ts';
import { createRegistry } from '../../src/registry/create-registry.ts';
import type { Registry } from '../../src/registry/registry.ts';
import type { DiagnosticEvent } from '../../src/diagnostics/diagnostics.ts';
import { RegistryError, type RegistryErrorCode } from '../../src/errors/registry-error.ts';
import { type ManualClock, manualClock } from '../../src/time/manual-clock.ts';
import { ScriptedDriver } from '../scripted-driver.ts';

/** T of the tests' registrations, in milliseconds. */
export const ttlMs = 12_000;

/** The bound on calls in the tests' registries, in milliseconds. */
export const callTimeoutMs = 1_000;

/** A registry on a scripted driver, with what it told. Jitter is 0.5: a renewal after exactly T/3. */
export interface Bench {
  readonly clock: ManualClock;
  readonly driver: ScriptedDriver;
  readonly registry: Registry;
  readonly told: readonly DiagnosticEvent[];
}

export function bench(driver: ScriptedDriver = new ScriptedDriver(), random: () => number = () => 0.5): Bench {
  const clock = manualClock();
  const told: DiagnosticEvent[] = [];
  const registry = createRegistry(driver, {
    clock,
    random,
    callTimeoutMs,
    onDiagnostic: (event) => told.push(event),
  });
  return { clock, driver, registry, told };
}

/** One registration on a bench of its own, with the state changes it told. */
export interface Registered extends Bench {
  readonly registration: Registration;
  readonly changes: readonly RegistrationStateChange[];
}

export async function registered(options: RegisterOptions = {}, on: Bench = bench()): Promise<Registered> {
  const changes: RegistrationStateChange[] = [];
  const registration = await on.registry.register(orders, {
    ttlMs,
    onStateChange: (change) => changes.push(change),
    ...options,
  });
  return { ...on, registration, changes };
}

export const orders = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.1:80'] } as const;

/** What a backend answers with. */
export function failing(code: RegistryErrorCode): () => Promise<never> {
  return () => Promise.reject(new RegistryError(code, code));
}

/** A call that never settles by itself: it rejects when its signal aborts, as the contract demands. */
export function hanging({ signal }: { readonly signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** From now on a register waits for what is returned, and nothing else: it ignores its signal. */
export function holdGrants(driver: ScriptedDriver): () => void {
  let grant: () => void = () => undefined;
  driver.script.register = (_, askedMs) =>
    new Promise((resolve) => {
      grant = () => resolve(driver.grant(askedMs));
    });
  return () => grant();
}

/** Numbers in [0, 1) that repeat from one seed. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4_294_967_296;
  };
}

/** What a promise comes to, for looking at without waiting. */
export function outcomeOf<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const outcome: { value?: T; error?: unknown } = {};
  void note(promise, outcome);
  return outcome;
}

/** `active>suspect suspect>lost` */
export function pathOf(changes: readonly RegistrationStateChange[]): string {
  return changes.map(({ from, to }) => `${from}>${to}`).join(' ');
}

async function note<T>(promise: Promise<T>, outcome: { value?: T; error?: unknown }): Promise<void> {
  try {
    outcome.value = await promise;
  } catch (error) {
    outcome.error = error;
  }
}
