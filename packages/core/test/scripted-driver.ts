import type {
  BackendCapabilities,
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  RegistryDriver,
} from '../src/driver/registry-driver.ts';
import type { ServiceInstance } from '../src/instance/instance.ts';

/** How the driver answers. Each function may be replaced at any time; every call looks it up. */
export interface Script {
  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease>;
  renew(lease: ScriptedLease, options: DriverCallOptions): Promise<void>;
  update(lease: ScriptedLease, instance: ServiceInstance, options: DriverCallOptions): Promise<void>;
  revoke(lease: ScriptedLease, options: DriverCallOptions): Promise<void>;
  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot>;
  services(options: DriverCallOptions): Promise<readonly string[]>;
  watch(service: string, options: DriverCallOptions): AsyncIterable<DriverEvent>;
  dispose(): Promise<void>;
}

/** One call that the driver got: which, and with what. */
export type RecordedCall = {
  readonly [Method in keyof Script]: { readonly method: Method; readonly given: Parameters<Script[Method]> };
}[keyof Script];

const capabilities: BackendCapabilities = {
  lease: { minTtlMs: 1, maxTtlMs: 86_400_000, granularityMs: 1, maxExpiryLagMs: 0 },
  conflict: ['replace', 'reject'],
  fencing: 'atomic',
};

/** A driver that does what a test says: it records every call, and answers at once and well unless its `script` is changed. */
export class ScriptedDriver implements RegistryDriver {
  readonly name: string = 'scripted';
  readonly address: string = 'nowhere:1';
  readonly capabilities: BackendCapabilities;
  readonly script: Script;
  readonly calls: RecordedCall[] = [];
  /** Those that were granted, oldest first. */
  readonly leases: ScriptedLease[] = [];
  /** Those that were opened, oldest first. */
  readonly watches: ScriptedWatch[] = [];

  constructor(able: Partial<BackendCapabilities> = {}) {
    this.capabilities = { ...capabilities, ...able };
    this.script = {
      register: async (_, ttlMs) => this.grant(ttlMs),
      renew: async () => undefined,
      update: async () => undefined,
      revoke: async () => undefined,
      list: async () => ({ type: 'snapshot', instances: [] }),
      services: async () => [],
      watch: (service, options) => this.open(service, options),
      dispose: async () => undefined,
    };
  }

  /** What the default `register` answers with. */
  grant(ttlMs: number): ScriptedLease {
    const lease = new ScriptedLease(this, `lease-${this.leases.length + 1}`, ttlMs);
    this.leases.push(lease);
    return lease;
  }

  /** What the default `watch` answers with. */
  open(service: string, { signal }: DriverCallOptions): ScriptedWatch {
    const watch = new ScriptedWatch(service, signal);
    this.watches.push(watch);
    return watch;
  }

  /** The calls of one method, oldest first. */
  callsOf<Method extends keyof Script>(method: Method): Extract<RecordedCall, { readonly method: Method }>[] {
    return this.calls.filter(
      (call): call is Extract<RecordedCall, { readonly method: Method }> => call.method === method,
    );
  }

  /** The watch opened last. */
  get watching(): ScriptedWatch {
    const watch = this.watches.at(-1);
    if (watch === undefined) throw new Error('nothing is watched yet');
    return watch;
  }

  register(...given: Parameters<Script['register']>): Promise<DriverLease> {
    this.calls.push({ method: 'register', given });
    return this.script.register(...given);
  }

  list(...given: Parameters<Script['list']>): Promise<DriverSnapshot> {
    this.calls.push({ method: 'list', given });
    return this.script.list(...given);
  }

  services(...given: Parameters<Script['services']>): Promise<readonly string[]> {
    this.calls.push({ method: 'services', given });
    return this.script.services(...given);
  }

  watch(...given: Parameters<Script['watch']>): AsyncIterable<DriverEvent> {
    this.calls.push({ method: 'watch', given });
    return this.script.watch(...given);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.calls.push({ method: 'dispose', given: [] });
    return this.script.dispose();
  }
}

/** A lease that answers as its driver's script says. */
export class ScriptedLease implements DriverLease {
  readonly id: string;
  readonly ttlMs: number;
  readonly #driver: ScriptedDriver;

  constructor(driver: ScriptedDriver, id: string, ttlMs: number) {
    this.#driver = driver;
    this.id = id;
    this.ttlMs = ttlMs;
  }

  renew(options: DriverCallOptions): Promise<void> {
    this.#driver.calls.push({ method: 'renew', given: [this, options] });
    return this.#driver.script.renew(this, options);
  }

  update(instance: ServiceInstance, options: DriverCallOptions): Promise<void> {
    this.#driver.calls.push({ method: 'update', given: [this, instance, options] });
    return this.#driver.script.update(this, instance, options);
  }

  revoke(options: DriverCallOptions): Promise<void> {
    this.#driver.calls.push({ method: 'revoke', given: [this, options] });
    return this.#driver.script.revoke(this, options);
  }
}

/** A watch fed by hand. It ends by `fail`, by `end`, and by its signal, with whose reason it throws at once. */
export class ScriptedWatch implements AsyncIterable<DriverEvent> {
  readonly service: string;
  readonly signal: AbortSignal;
  readonly #steps: (() => DriverEvent | undefined)[] = [];
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor(service: string, signal: AbortSignal) {
    this.service = service;
    this.signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Whether it has ended: nothing that it held is left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The complete set, and nothing malformed. */
  snapshot(...instances: readonly ServiceInstance[]): void {
    this.push({ type: 'snapshot', instances });
  }

  /** One change: what is put, and what is removed. */
  change(put: readonly ServiceInstance[], removedIds: readonly string[] = []): void {
    this.push({ type: 'changes', put, removedIds });
  }

  push(event: DriverEvent): void {
    this.#step(() => event);
  }

  fail(error: unknown): void {
    this.#step(() => {
      throw error;
    });
  }

  /** Runs out, which no driver's watch may. */
  end(): void {
    this.#step(() => undefined);
  }

  #step(step: () => DriverEvent | undefined): void {
    this.#steps.push(step);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DriverEvent, undefined, undefined> {
    try {
      for (;;) {
        this.signal.throwIfAborted();
        const step = this.#steps.shift();
        if (step === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          continue;
        }
        const event = step();
        if (event === undefined) return;
        yield event;
      }
    } finally {
      this.#isOver = true;
    }
  }
}
