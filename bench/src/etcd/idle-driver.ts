import type {
  BackendCapabilities,
  DriverEvent,
  DriverLease,
  DriverSnapshot,
  RegistryDriver,
  ServiceInstance,
} from '@rollcall/core/driver';

/** Grants leases that do nothing and stores nothing: what is left is core. */
export class IdleDriver implements RegistryDriver {
  readonly name: string = 'idle';
  readonly address: string = 'nowhere';
  readonly capabilities: BackendCapabilities;

  constructor(capabilities: BackendCapabilities) {
    this.capabilities = capabilities;
  }

  async register(_instance: ServiceInstance, ttlMs: number): Promise<DriverLease> {
    return new IdleLease(ttlMs);
  }

  async list(): Promise<DriverSnapshot> {
    return { type: 'snapshot', instances: [] };
  }

  async services(): Promise<readonly string[]> {
    return [];
  }

  // oxlint-disable-next-line require-yield -- nothing ever happens here
  async *watch(): AsyncGenerator<DriverEvent, void> {
    await new Promise(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }
}

class IdleLease implements DriverLease {
  readonly ttlMs: number;

  constructor(ttlMs: number) {
    this.ttlMs = ttlMs;
  }

  get id(): string {
    return '1';
  }

  async renew(): Promise<void> {
    await Promise.resolve();
  }

  async update(): Promise<void> {
    await Promise.resolve();
  }

  async revoke(): Promise<void> {
    await Promise.resolve();
  }
}
