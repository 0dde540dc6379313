import type { DriverEvent } from '../driver/registry-driver.ts';
import { sameInstance } from '../instance/same-instance.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import { deltaBetween, freezeDelta, isEmpty } from './service-delta.ts';
import type { ServiceDelta } from './watcher.ts';

/** Up to so many changed ids are put in place one by one; more are merged in one pass over the set. */
const fewChanges = 16;

/** By `id`, in UTF-16 code units: the one order of everything that is listed (D3). */
export function byId(a: ServiceInstance, b: ServiceInstance): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * The set of one service, folded from what a driver tells (W2). The working array is plain, private and changed in place;
 * what is handed out is a frozen copy, made once for each state that anybody reads.
 */
export class ServiceSet {
  #items: ServiceInstance[] = [];
  #frozen: readonly ServiceInstance[] | undefined;

  /** As it stands now: sorted by `id`, frozen, the same array until the set changes. */
  get instances(): readonly ServiceInstance[] {
    this.#frozen ??= Object.freeze(this.#items.slice());
    return this.#frozen;
  }

  /** Takes in one event of the driver. @returns what it changed; undefined if nothing */
  fold(event: DriverEvent): ServiceDelta | undefined {
    const delta = event.type === 'snapshot' ? this.#become(event.instances) : this.#change(event.put, event.removedIds);
    if (isEmpty(delta)) return undefined;
    this.#frozen = undefined;
    return freezeDelta(delta);
  }

  #become(instances: readonly ServiceInstance[]): ServiceDelta {
    const former = this.#items;
    const next = instances.toSorted(byId);
    keepUnchanged(former, next);
    const delta = deltaBetween(former, next);
    this.#items = next;
    return delta;
  }

  #change(put: readonly ServiceInstance[], removedIds: readonly string[]): ServiceDelta {
    const delta = emptyDelta();
    if (put.length + removedIds.length === 1) {
      // Nothing to put in order, which would be most of the work.
      for (const id of removedIds) this.#place(id, undefined, delta);
      for (const instance of put) this.#place(instance.id, instance, delta);
      return delta;
    }
    const changes = inOrder(put, removedIds);
    if (changes.length > fewChanges) return this.#merge(changes);
    for (const { id, instance } of changes) this.#place(id, instance, delta);
    return delta;
  }

  /** Puts one change in place, and notes it in `delta`. */
  #place(id: string, instance: ServiceInstance | undefined, delta: GrowingDelta): void {
    const index = this.#indexOf(id);
    const found = this.#items[index];
    const former = found?.id === id ? found : undefined;
    const step = note(delta, former, instance);
    if (step === undefined) return;
    if (instance === undefined) this.#items.splice(index, 1);
    else if (step === 'added') this.#items.splice(index, 0, instance);
    else this.#items[index] = instance;
  }

  #merge(changes: readonly Change[]): ServiceDelta {
    const delta = emptyDelta();
    const next: ServiceInstance[] = [];
    let index = 0;
    for (const { id, instance } of changes) {
      const from = index;
      index = this.#indexOf(id);
      for (let kept = from; kept < index; kept += 1) {
        const item = this.#items[kept];
        if (item !== undefined) next.push(item);
      }
      const found = this.#items[index];
      const former = found?.id === id ? found : undefined;
      if (former !== undefined) index += 1;
      const step = note(delta, former, instance);
      const stands = step === undefined ? former : instance;
      if (stands !== undefined) next.push(stands);
    }
    this.#items = next.concat(this.#items.slice(index));
    return delta;
  }

  /** Where `id` stands, or would. */
  #indexOf(id: string): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && item.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Where both hold the same, `next` keeps the object that was there: readers may go by identity (I7). Both sorted by `id`. */
function keepUnchanged(former: readonly ServiceInstance[], next: ServiceInstance[]): void {
  let index = 0;
  for (const [place, instance] of next.entries()) {
    let known = former[index];
    while (known !== undefined && known.id < instance.id) known = former[++index];
    if (known !== undefined && known.id === instance.id && sameInstance(known, instance)) next[place] = known;
  }
}

/** What becomes of one id: an instance, or nothing. */
interface Change {
  readonly id: string;
  readonly instance: ServiceInstance | undefined;
}

/** One change for each id, sorted; what is put stands even if it is also removed. */
function inOrder(put: readonly ServiceInstance[], removedIds: readonly string[]): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const id of removedIds) changes.set(id, removal(id));
  for (const instance of put) changes.set(instance.id, standing(instance));
  return [...changes.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function removal(id: string): Change {
  return { id, instance: undefined };
}

function standing(instance: ServiceInstance): Change {
  return { id: instance.id, instance };
}

interface GrowingDelta {
  readonly added: ServiceInstance[];
  readonly updated: ServiceInstance[];
  readonly removed: ServiceInstance[];
}

function emptyDelta(): GrowingDelta {
  return { added: [], updated: [], removed: [] };
}

/** Writes down one change. @returns where; undefined if it changes nothing */
function note(
  delta: GrowingDelta,
  former: ServiceInstance | undefined,
  instance: ServiceInstance | undefined,
): keyof ServiceDelta | undefined {
  if (instance === undefined) {
    if (former === undefined) return undefined;
    delta.removed.push(former);
    return 'removed';
  }
  if (former === undefined) {
    delta.added.push(instance);
    return 'added';
  }
  if (sameInstance(former, instance)) return undefined;
  delta.updated.push(instance);
  return 'updated';
}
