import type { ServiceInstance } from '@rollcall/core';
import type { DriverEvent, RegistryDriver } from '@rollcall/core/driver';
import { Gate } from './gate.ts';

/** Reads one watch of a driver and keeps the set as it stood after each of its atomic steps. */
export class DriverReader {
  readonly events: DriverEvent[] = [];
  /** The sets, by id, one for each event. */
  readonly steps: ReadonlyMap<string, ServiceInstance>[] = [];
  /** What the stream ended with; undefined while it goes on. */
  ended: { readonly error: unknown } | undefined;
  readonly #ending = new AbortController();
  #pause: Gate | undefined;
  readonly #reason = new Error('The case has read enough.');

  constructor(driver: RegistryDriver, service: string) {
    void this.#pump(driver.watch(service, { signal: this.#ending.signal }));
  }

  /** Sorted ids of the newest set; undefined before the first event. */
  get ids(): readonly string[] | undefined {
    const last = this.steps.at(-1);
    return last && [...last.keys()].toSorted();
  }

  /** The newest set, sorted by id. */
  get instances(): readonly ServiceInstance[] {
    return [...(this.steps.at(-1)?.values() ?? [])].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether it threw what its signal was aborted with. */
  get isEndedByItsSignal(): boolean {
    return this.ended?.error === this.#reason;
  }

  /** The weights that `id` went through, from its first appearance on; `absent` wherever it was missing. */
  weightsOf(id: string): readonly (number | 'absent')[] {
    const weights = this.steps.map((set) => set.get(id)?.weight ?? 'absent');
    return weights.filter((weight, step) => weight !== weights[step - 1]);
  }

  /** Takes one more event, if one comes, and no other until `resume`. */
  pause(): void {
    this.#pause ??= new Gate();
  }

  resume(): void {
    this.#pause?.open();
    this.#pause = undefined;
  }

  end(): void {
    this.#ending.abort(this.#reason);
  }

  async #pump(stream: AsyncIterable<DriverEvent>): Promise<void> {
    try {
      for await (const event of stream) {
        this.steps.push(afterEvent(this.steps.at(-1), event));
        this.events.push(event);
        await this.#pause?.pass(this.#ending.signal);
      }
      this.ended = { error: undefined };
    } catch (error) {
      this.ended = { error };
    }
  }
}

function afterEvent(
  before: ReadonlyMap<string, ServiceInstance> | undefined,
  event: DriverEvent,
): ReadonlyMap<string, ServiceInstance> {
  if (event.type === 'snapshot') return new Map(event.instances.map((instance) => [instance.id, instance]));
  const set = new Map(before);
  for (const id of event.removedIds) set.delete(id);
  for (const instance of event.put) set.set(instance.id, instance);
  return set;
}
