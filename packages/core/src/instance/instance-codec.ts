import { RegistryError } from '../errors/registry-error.ts';
import { storedEndpoint } from './endpoint.ts';
import { fieldError, pathError } from './field-error.ts';
import { checkPair, instanceFrom, maxEndpoints, type PartReaders } from './instance-fields.ts';
import type { ServiceInstance } from './instance.ts';
import { serviceName } from './service-name.ts';
import { type Fields, ownField, storedArray, storedObject } from './stored-data.ts';
import { utf8Length } from './unicode.ts';

/** The most that `encodeInstance` may give, in UTF-8 bytes, on every backend alike (I5). */
export const maxEncodedBytes: number = 16_384;

/** Raised only by a change that older readers must not read; a new field is none, as they ignore it. */
const formatVersion = 1;

/** Below this length no text holds an instance over the bound, whatever defaults add and UTF-8 takes. */
const surelyFitsLength = maxEncodedBytes / 4;

/** What `JSON.parse` made: nobody else has it, so that what is good is frozen where it is. */
const stored: PartReaders = {
  endpoints: (value) =>
    storedArray(value, 'endpoints', 'an array of endpoints', maxEndpoints).map((input, index) =>
      storedEndpoint(input, `endpoints[${index}]`),
    ),
  metadata: (value) => {
    const pairs = storedObject(value, 'metadata', 'a map from string to string');
    checkPairs(pairs);
    return Object.freeze(pairs);
  },
};

/** The instance as JSON, for a backend to store: `{"v":1,"service":…}`. Fields without a value are left out. */
export function encodeInstance(instance: ServiceInstance): string {
  return JSON.stringify({ v: formatVersion, ...instance });
}

/**
 * The instance that `encodeInstance` wrote, equal in every field (I7), frozen. Unknown fields are ignored, so that what
 * newer versions add can be read; known ones are checked like those of `serviceInstance`. `v`, `service`, `id` and
 * `endpoints` must be there, other fields have their defaults.
 * @throws RegistryError `INSTANCE_MALFORMED`, with the reason as `cause` (D5)
 */
export function decodeInstance(text: string): ServiceInstance {
  try {
    const fields = storedObject(JSON.parse(text), '', 'a record of an instance');
    const version = ownField(fields, 'v');
    if (version !== formatVersion) throw fieldError('v', String(formatVersion), version);
    serviceName(ownField(fields, 'id'), 'id'); // without it, another record could seem to be this one
    const instance = instanceFrom(fields, stored);
    return text.length < surelyFitsLength ? instance : withinBound(instance);
  } catch (cause) {
    const reason = cause instanceof TypeError ? cause.message : 'it is not JSON';
    throw new RegistryError('INSTANCE_MALFORMED', `Could not decode the record of an instance: ${reason}`, { cause });
  }
}

/**
 * `instance`, if it is small enough for every backend (I5).
 * @throws TypeError that says its size and the limit
 */
export function withinBound(instance: ServiceInstance): ServiceInstance {
  const bytes = utf8Length(encodeInstance(instance));
  if (bytes > maxEncodedBytes) {
    throw pathError(
      '',
      `expected an instance of at most ${maxEncodedBytes} bytes (16 KiB) encoded, got ${bytes} bytes`,
    );
  }
  return instance;
}

function checkPairs(pairs: Fields): asserts pairs is Readonly<Record<string, string>> {
  for (const key of Object.keys(pairs)) checkPair(key, pairs[key]);
}
