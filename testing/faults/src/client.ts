import type {
  DiagnosticEvent,
  RegisterOptions,
  Registration,
  RegistrationStateChange,
  Registry,
  RegistryOptions,
  ServiceInstanceInit,
} from '@rollcall/core';
import { callMs } from './clause-bounds.ts';

/** Where a client finds its backend: a backend with one address takes the first. */
export interface ClientTerms {
  readonly endpoints: readonly [string, ...string[]];
  readonly prefix: string;
  /** Default: core's 5,000. */
  readonly callTimeoutMs?: number;
}

/** Opens a registry on the backend under test. */
export type OpenRegistry = (place: Omit<ClientTerms, 'callTimeoutMs'>, options: RegistryOptions) => Registry;

/** A registration with all that it went through. */
export interface Held {
  readonly registration: Registration;
  readonly changes: readonly RegistrationStateChange[];
}

/** One program that uses the registry, with all that it was told in the background. */
export class Client implements AsyncDisposable {
  readonly registry: Registry;
  readonly callTimeoutMs: number;
  readonly diagnostics: DiagnosticEvent[] = [];

  constructor(open: OpenRegistry, { callTimeoutMs = callMs, ...place }: ClientTerms) {
    this.callTimeoutMs = callTimeoutMs;
    this.registry = open(place, { callTimeoutMs, onDiagnostic: (event) => this.diagnostics.push(event) });
  }

  async hold(init: ServiceInstanceInit, options: RegisterOptions): Promise<Held> {
    const changes: RegistrationStateChange[] = [];
    const registration = await this.registry.register(init, {
      ...options,
      onStateChange: (change) => changes.push(change),
    });
    return { registration, changes };
  }

  /** What was told in the background, of this type. */
  told(type: DiagnosticEvent['type']): readonly DiagnosticEvent[] {
    return this.diagnostics.filter((event) => event.type === type);
  }

  /** @returns how long it took, in milliseconds */
  async close(): Promise<number> {
    const from = performance.now();
    await this.registry.close();
    return performance.now() - from;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.close();
  }
}
