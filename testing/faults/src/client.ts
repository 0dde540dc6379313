import { etcdBackend } from '@rollcall/backend-etcd';
import {
  type DiagnosticEvent,
  openRegistry,
  type RegisterOptions,
  type Registration,
  type RegistrationStateChange,
  type Registry,
  type ServiceInstanceInit,
} from '@rollcall/core';

/** What a client is told besides where the servers are. */
export interface ClientTerms {
  readonly endpoints: string | readonly string[];
  readonly prefix: string;
  /** Default: core's 5,000. */
  readonly callTimeoutMs?: number;
}

/** A registration with all that it went through. */
export interface Held {
  readonly registration: Registration;
  readonly changes: readonly RegistrationStateChange[];
}

/** One program that uses the registry, with all that it was told in the background. */
export class EtcdClient implements AsyncDisposable {
  readonly registry: Registry;
  readonly callTimeoutMs: number;
  readonly diagnostics: DiagnosticEvent[] = [];

  constructor({ endpoints, prefix, callTimeoutMs = 5_000 }: ClientTerms) {
    this.callTimeoutMs = callTimeoutMs;
    this.registry = openRegistry(
      { backend: 'etcd', endpoints, prefix },
      { backends: [etcdBackend()], callTimeoutMs, onDiagnostic: (event) => this.diagnostics.push(event) },
    );
  }

  async hold(init: ServiceInstanceInit, options: RegisterOptions): Promise<Held> {
    const changes: RegistrationStateChange[] = [];
    const registration = await this.registry.register(init, {
      ...options,
      onStateChange: (change) => changes.push(change),
    });
    return { registration, changes };
  }

  /** The types of what was told in the background. */
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
