import type { InstanceSource } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';

/** The instances of a service that a channel is connected to. */
export class ReadyInstances implements InstanceSource {
  readonly service: string;
  readonly #listeners = new Set<(instances: readonly ServiceInstance[]) => void>();
  #instances: readonly ServiceInstance[] = Object.freeze([]);

  constructor(service: string) {
    this.service = service;
  }

  get instances(): readonly ServiceInstance[] {
    return this.#instances;
  }

  onChange(listener: (instances: readonly ServiceInstance[]) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** @param instances sorted by id */
  replace(instances: readonly ServiceInstance[]): void {
    const former = this.#instances;
    if (former.length === instances.length && former.every((instance, index) => instance === instances[index])) return;
    this.#instances = Object.freeze([...instances]);
    for (const listener of this.#listeners) listener(this.#instances);
  }
}
