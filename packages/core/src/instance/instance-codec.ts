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

/** What the names of all fields, their quotes and commas, and everything but strings take at most, in bytes. */
const frameBytes = 512;

/** What a string takes around it, with its name and quotes; of an endpoint, with its port. */
const partBytes = 64;

/** What one UTF-16 unit takes at most: `\u001f`. */
const unitBytes = 6;

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
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (cause) {
    throw undecodable('it is not JSON', cause);
  }
  return decodeFields(fields);
}

/**
 * The same for a record that is parsed already, by `JSON.parse` or by a driver: plain data that nobody else has, for good parts
 * of it are frozen where they are.
 * @throws RegistryError `INSTANCE_MALFORMED`, with the reason as `cause` (D5)
 */
export function decodeFields(record: unknown): ServiceInstance {
  try {
    const fields = storedObject(record, '', 'a record of an instance');
    const version = ownField(fields, 'v');
    if (version !== formatVersion) throw fieldError('v', String(formatVersion), version);
    serviceName(ownField(fields, 'id'), 'id'); // without it, another record could seem to be this one
    return withinBound(instanceFrom(fields, stored));
  } catch (cause) {
    throw undecodable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/**
 * `instance`, if it is small enough for every backend (I5).
 * @throws TypeError that says its size and the limit
 */
export function withinBound(instance: ServiceInstance): ServiceInstance {
  if (surelyFits(instance)) return instance;
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

/** Whether it is so small that nothing needs to be encoded to know that it fits, as nearly every instance is. */
function surelyFits(instance: ServiceInstance): boolean {
  const { endpoints, metadata } = instance;
  const values: readonly unknown[] = Object.values(instance);
  let bytes = frameBytes;
  for (const value of values) if (typeof value === 'string') bytes += value.length * unitBytes;
  for (const { scheme, host } of endpoints) bytes += (scheme.length + host.length) * unitBytes + partBytes;
  for (const key of Object.keys(metadata)) bytes += (key.length + (metadata[key]?.length ?? 0)) * unitBytes + partBytes;
  return bytes <= maxEncodedBytes;
}

function undecodable(reason: string, cause: unknown): RegistryError {
  return new RegistryError('INSTANCE_MALFORMED', `Could not decode the record of an instance: ${reason}`, { cause });
}
