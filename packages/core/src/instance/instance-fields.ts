import { type Endpoint, endpointAddress } from './endpoint.ts';
import { fieldError, keyPath, kindOf, pathError } from './field-error.ts';
import { isoInstant } from './iso-instant.ts';
import type { InstanceStatus, ServiceInstance } from './instance.ts';
import { maxNameBytes, serviceName } from './service-name.ts';
import { type Fields, ownField } from './stored-data.ts';
import { hasLoneSurrogate, utf8Length } from './unicode.ts';

/** Fields that are not there unless they were given. */
type OptionalField = Exclude<keyof ServiceInstance, RequiredField>;
type RequiredField = 'service' | 'id' | 'endpoints' | 'status' | 'weight' | 'metadata';

type Check = (value: unknown, path: string) => string;

const requiredFields: readonly RequiredField[] = ['service', 'id', 'endpoints', 'status', 'weight', 'metadata'];

const optionalFields: ReadonlyMap<OptionalField, Check> = new Map<OptionalField, Check>([
  ['env', text],
  ['region', text],
  ['zone', text],
  ['deployment', text],
  ['version', text],
  ['frameworkVersion', text],
  ['buildTime', isoInstant],
  ['startTime', isoInstant],
]);

const statuses: readonly InstanceStatus[] = ['starting', 'up', 'draining', 'out-of-service'];

/** An encoded endpoint has at least 34 bytes and a comma: more than these never fit into 16 KiB (I5). */
export const maxEndpoints: number = Math.floor(16_384 / 35);

/** The names of all fields, in the order in which every instance has them. */
export const instanceKeys: readonly string[] = [...requiredFields, ...optionalFields.keys()];

/** How the parts that have parts of their own are read. */
export interface PartReaders {
  /** Each endpoint checked and frozen. */
  readonly endpoints: (value: unknown) => readonly Endpoint[];
  /** Checked and frozen. */
  readonly metadata: (value: unknown) => Readonly<Record<string, string>>;
}

/**
 * The frozen instance that `fields` describe: each field checked, `undefined` or absent replaced by its default (I3, I4).
 * Keys that are no fields are not looked at. The size is not checked here (I5).
 *
 * @throws TypeError that names the field, what was expected and what came (I6)
 */
export function instanceFrom(fields: Fields, readers: PartReaders): ServiceInstance {
  const service = serviceName(ownField(fields, 'service'), 'service');
  const endpoints = endpointsFrom(readers.endpoints(ownField(fields, 'endpoints')));
  const id = idFrom(ownField(fields, 'id'), endpoints[0]);
  const status = statusFrom(ownField(fields, 'status'));
  const weight = weightFrom(ownField(fields, 'weight'));
  const metadata = ownField(fields, 'metadata');
  const instance: { -readonly [Field in keyof ServiceInstance]: ServiceInstance[Field] } = {
    service,
    id,
    endpoints,
    status,
    weight,
    metadata: metadata === undefined ? Object.freeze({}) : readers.metadata(metadata),
  };
  for (const [name, check] of optionalFields) {
    const value = ownField(fields, name);
    if (value !== undefined) instance[name] = check(value, name);
  }
  return Object.freeze(instance);
}

function endpointsFrom([first, ...others]: readonly Endpoint[]): ServiceInstance['endpoints'] {
  if (first === undefined) throw pathError('endpoints', 'expected at least one endpoint, got none');
  const endpoints: [Endpoint, ...Endpoint[]] = [first, ...others];
  return Object.freeze(endpoints);
}

function idFrom(value: unknown, first: Endpoint): string {
  if (value !== undefined) return serviceName(value, 'id');
  const address = endpointAddress(first);
  const bytes = utf8Length(address);
  if (bytes > maxNameBytes) {
    throw pathError('id', `host:port, the default, has ${bytes} UTF-8 bytes, more than ${maxNameBytes}; give an id`);
  }
  return address;
}

function statusFrom(value: unknown): InstanceStatus {
  if (value === undefined) return 'up';
  const status = statuses.find((known) => known === value);
  if (status === undefined) throw fieldError('status', `one of ${statuses.join(', ')}`, value);
  return status;
}

function weightFrom(value: unknown): number {
  if (value === undefined) return 100;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw fieldError('weight', 'an integer from 0 to 65535', value);
  }
  return value + 0; // -0 becomes 0, which is what comes back from JSON
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw fieldError(path, 'a string', value);
  if (hasLoneSurrogate(value)) throw fieldError(path, 'text without lone surrogates', value);
  return value;
}

/**
 * One pair of metadata. Values may be secrets: no message shows one (E2).
 * @throws TypeError that names the key
 */
export function checkPair(key: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw pathError(keyPath('metadata', key), `expected a string, got ${kindOf(value)}`);
  if (hasLoneSurrogate(key)) throw pathError(keyPath('metadata', key), 'expected a key without lone surrogates');
  if (hasLoneSurrogate(value)) {
    throw pathError(keyPath('metadata', key), 'expected text without lone surrogates, got some with one');
  }
}
