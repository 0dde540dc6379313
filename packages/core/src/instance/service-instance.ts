import { endpointOf } from './endpoint.ts';
import { pathError } from './field-error.ts';
import { withinBound } from './instance-codec.ts';
import type { InstancePatch, ServiceInstance, ServiceInstanceInit } from './instance.ts';
import { checkPair, instanceFrom, instanceKeys, maxEndpoints, type PartReaders } from './instance-fields.ts';
import { readArray, readObject } from './plain-data.ts';

/** Whatever a caller gave: read once, and with care. */
const given: PartReaders = {
  endpoints: (value) =>
    readArray(value, 'endpoints', 'an array of endpoints', maxEndpoints).map((input, index) =>
      endpointOf(input, `endpoints[${index}]`),
    ),
  metadata: (value) => {
    const pairs = new Map<string, string>();
    for (const [key, item] of readObject(value, 'metadata', 'a map from string to string', undefined)) {
      checkPair(key, item);
      pairs.set(key, item);
    }
    return Object.freeze(Object.fromEntries(pairs)); // defines, never sets: `__proto__` is a key like any other
  },
};

/**
 * The instance that `init` describes: checked, with its defaults (I3), deeply frozen (I7). Each property of `init` is read
 * once, and later changes to it change nothing. A field that has no default and was not given is absent.
 * @throws TypeError that names the field, what was expected and what came (I6), or the size if it is over 16 KiB (I5)
 */
export function serviceInstance(init: ServiceInstanceInit): ServiceInstance {
  return withinBound(instanceFrom(Object.fromEntries(readObject(init, '', 'an instance', instanceKeys)), given));
}

/**
 * A new instance: `instance` with the fields of `patch` in place of its own, checked and frozen like any other. `id` stays
 * even if it came from an endpoint that is replaced (I1).
 * @throws TypeError as `serviceInstance`; also for `service` or `id` in `patch`, which are the identity
 */
export function patchInstance(instance: ServiceInstance, patch: InstancePatch): ServiceInstance {
  const changes = readObject(patch, '', 'a patch of an instance', instanceKeys);
  for (const key of ['service', 'id']) {
    if (changes.has(key)) {
      throw pathError(key, 'identity cannot change: a patch has no service and no id; register another instance');
    }
  }
  return withinBound(instanceFrom({ ...instance, ...Object.fromEntries(changes) }, keeping(instance)));
}

/** What a patch leaves as it was has been checked, and is frozen. */
function keeping({ endpoints, metadata }: ServiceInstance): PartReaders {
  return {
    endpoints: (value) => (value === endpoints ? endpoints : given.endpoints(value)),
    metadata: (value) => (value === metadata ? metadata : given.metadata(value)),
  };
}
