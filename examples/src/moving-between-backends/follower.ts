import type {
  CallOptions,
  InstancePatch,
  RegisterOptions,
  Registrar,
  Registration,
  ServiceInstance,
} from '@rollcall/core';

/** What an entry follows, and where. */
export interface FollowerParts {
  readonly registrar: Registrar;
  /** Says what the entry has to be. */
  readonly leading: Registration;
  readonly terms: RegisterOptions;
  /** Must not throw. */
  readonly onFailed: (error: unknown) => void;
}

/** An entry that follows another one. Nothing here rejects: what fails is told. */
export class Follower {
  /** Resolves when it stands, or never will. */
  readonly settled: Promise<void>;
  readonly #parts: FollowerParts;
  readonly #end = new AbortController();
  #registration: Registration | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.settled = this.#register();
  }

  /** As the leading entry was changed. One that does not stand yet will begin with it. */
  async update(patch: InstancePatch, options: CallOptions | undefined): Promise<void> {
    await this.#told(this.#registration?.update(patch, options));
  }

  async close(options: CallOptions | undefined): Promise<void> {
    this.#end.abort(); // R2: an attempt that is under way leaves nothing
    if (this.#registration === undefined) await this.settled;
    await this.#told(this.#registration?.close(options));
  }

  async #register(): Promise<void> {
    const { registrar, leading, terms, onFailed } = this.#parts;
    const { ttlMs, onConflict, onLost } = terms;
    const registered = leading.instance;
    try {
      this.#registration = await registrar.register(registered, {
        ttlMs,
        onConflict,
        onLost,
        onUnavailable: 'retry',
        signal: this.#end.signal,
      });
    } catch (error) {
      if (!this.#end.signal.aborted) onFailed(error);
      return;
    }
    // R5: if it came late, the other may have changed.
    if (leading.instance !== registered) await this.update(patchTo(leading.instance), undefined);
  }

  async #told(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#parts.onFailed(error);
    }
  }
}

/** What makes any entry of the same id this one. */
function patchTo({ service: _service, id: _id, ...fields }: ServiceInstance): InstancePatch {
  return { ...withoutFields, ...fields };
}

const withoutFields = {
  env: undefined,
  region: undefined,
  zone: undefined,
  deployment: undefined,
  version: undefined,
  frameworkVersion: undefined,
  buildTime: undefined,
  startTime: undefined,
} satisfies InstancePatch;
