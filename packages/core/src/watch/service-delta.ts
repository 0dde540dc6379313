import { sameInstance } from '../instance/same-instance.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import type { ServiceDelta } from './watcher.ts';

/** Shared by all deltas that have nothing there. */
const nobody: readonly ServiceInstance[] = Object.freeze([]);

/** No difference. */
export const noDelta: ServiceDelta = freezeDelta({ added: [], updated: [], removed: [] });

/** Whether nothing differs. */
export function isEmpty({ added, updated, removed }: ServiceDelta): boolean {
  return added.length === 0 && updated.length === 0 && removed.length === 0;
}

/** What is in `after` and not, or not so, in `before`, and what is gone (W2). Both sorted by `id`, each id once. */
export function deltaBetween(before: readonly ServiceInstance[], after: readonly ServiceInstance[]): ServiceDelta {
  // Walking a frozen array misses V8's fast paths; spreading one does not.
  const old = [...before];
  const now = [...after];
  const added: ServiceInstance[] = [];
  const updated: ServiceInstance[] = [];
  const removed: ServiceInstance[] = [];
  let index = 0;
  for (const instance of now) {
    let former = old[index];
    while (former !== undefined && former.id < instance.id) {
      removed.push(former);
      former = old[++index];
    }
    if (former === undefined || former.id !== instance.id) {
      added.push(instance);
      continue;
    }
    if (!sameInstance(former, instance)) updated.push(instance);
    index += 1;
  }
  return freezeDelta({ added, updated, removed: removed.concat(old.slice(index)) });
}

/** The same, frozen with its parts. */
export function freezeDelta({ added, updated, removed }: ServiceDelta): ServiceDelta {
  return Object.freeze({ added: frozen(added), updated: frozen(updated), removed: frozen(removed) });
}

function frozen(instances: readonly ServiceInstance[]): readonly ServiceInstance[] {
  return instances.length === 0 ? nobody : Object.freeze(instances);
}
