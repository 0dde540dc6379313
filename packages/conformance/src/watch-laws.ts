import assert from 'node:assert/strict';
import type { ServiceInstance, ServiceSnapshot } from '@rollcall/core';

/** Holds one snapshot against the one that the same reader read before it. Each message begins with the clause that was broken. */
export function assertFollows(before: ServiceSnapshot | undefined, snapshot: ServiceSnapshot): void {
  const { instances, delta, freshness, reason, revision } = snapshot;
  const ids = instances.map((instance) => instance.id);
  assert.deepEqual(ids, [...new Set(ids)].toSorted(), 'W2: a snapshot is sorted by id and holds each id once');
  for (const instance of instances)
    assert.equal(instance.service, snapshot.service, 'I1: a snapshot holds its own service only');

  const base = new Map((before?.instances ?? []).map((instance) => [instance.id, instance]));
  const now = new Map(instances.map((instance) => [instance.id, instance]));
  assert.deepEqual(delta.added, missingFrom(base, instances), 'W2: delta.added is what this reader had not read yet');
  assert.deepEqual(delta.removed, missingFrom(now, [...base.values()]), 'W2: delta.removed is what is gone since');
  const changed = instances.filter((instance) => {
    const former = base.get(instance.id);
    return former !== undefined && !isSame(former, instance);
  });
  assert.deepEqual(delta.updated, changed, 'W2: delta.updated is what differs, and nothing else');

  assert.equal(
    reason === 'initial',
    before === undefined,
    "W5: the first snapshot's reason is initial, and no other's",
  );
  if (before === undefined) return;
  const moved = delta.added.length + delta.removed.length + delta.updated.length > 0;
  assert.ok(moved || freshness !== before.freshness, 'W5: two snapshots in a row differ in instances or freshness');
  assert.equal(reason === 'freshness', !moved, 'W5: reason is freshness when nothing else changed, and only then');
  if (moved) assert.notEqual(revision, before.revision, 'W2: another set has another revision');
}

function missingFrom(
  known: ReadonlyMap<string, ServiceInstance>,
  instances: readonly ServiceInstance[],
): ServiceInstance[] {
  return instances.filter((instance) => !known.has(instance.id));
}

function isSame(a: ServiceInstance, b: ServiceInstance): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
