import type { PickContext } from '@rollcall/balancer';
import type { Metadata } from '@grpc/grpc-js';

/** What a policy may want to know of a call, taken from its metadata when it asks. */
export class CallContext implements PickContext {
  readonly #metadata: Metadata;
  readonly #keyMetadata: string | undefined;

  constructor(metadata: Metadata, keyMetadata: string | undefined) {
    this.#metadata = metadata;
    this.#keyMetadata = keyMetadata;
  }

  get key(): string | undefined {
    if (this.#keyMetadata === undefined) return undefined;
    const [value] = this.#metadata.get(this.#keyMetadata);
    return typeof value === 'string' ? value : value?.toString('base64');
  }

  get headers(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.#metadata.getMap()).map(([name, value]) => [name, String(value)]));
  }
}
