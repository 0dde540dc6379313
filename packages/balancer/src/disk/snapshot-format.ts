import { createHash } from 'node:crypto';
import type { ServiceInstance } from '@rollcall/core';
import { decodeFields, encodeInstance, fieldError } from '@rollcall/core/driver';
import type { SavedService } from './saved-service.ts';

/** What tells a snapshot from every other file. */
const format = 'rollcall service cache';

/** Raised only by a change that older readers must not read. */
const formatVersion = 1;

/**
 * Why a file is not taken. `foreign`: it is no snapshot. `version`: a newer version wrote it. `damaged`: it is cut off, or was changed.
 * `scope`: it belongs to another environment. `unreadable`: the system would not read it.
 */
export type RefusalReason = 'foreign' | 'version' | 'damaged' | 'scope' | 'unreadable';

/** A file that is not taken, and why. */
export interface Refusal {
  readonly is: 'refused';
  readonly reason: RefusalReason;
  readonly error: Error;
}

/** What came of decoding. */
export type Decoded = { readonly is: 'read'; readonly services: readonly SavedService[] } | Refusal;

/** About how many characters are made in one go: what takes a millisecond. */
const sliceLength = 65_536;

/**
 * The first of two lines of JSON. It says what the file is, and has the digest of the second, in which the services stand; so a file
 * that was cut off or changed anywhere is noticed, and which version wrote it is known before it is read. As long for every digest.
 */
export function encodeHead(scope: string, sha256: string): string {
  return `${JSON.stringify({ format, v: formatVersion, scope, sha256 })}\n`;
}

/** The second line in slices, but for its end of line. Each is made when it is asked for, so that large sets block nobody. */
export function* bodySlices(services: readonly SavedService[]): Generator<string> {
  let slice = '[';
  for (const [index, { service, seenAt, instances }] of services.entries()) {
    if (index > 0) slice += ',';
    slice += `{"service":${JSON.stringify(service)},"seenAt":${JSON.stringify(new Date(seenAt))},"instances":[`;
    for (const [place, instance] of instances.entries()) {
      if (place > 0) slice += ',';
      slice += encodeInstance(instance);
      if (slice.length < sliceLength) continue;
      yield slice;
      slice = '';
    }
    slice += ']}';
  }
  yield `${slice}]`;
}

/** The services of a snapshot, or why it is none. Never throws. */
export function decodeSnapshot(text: string, scope: string): Decoded {
  const end = text.indexOf('\n');
  const head = headOf(text.slice(0, Math.max(0, end)));
  if (head?.['format'] !== format) return refused('foreign', 'it is no snapshot of a service cache');
  if (head['v'] !== formatVersion)
    return refused('version', `version ${formatVersion} is known, and it has another: another release has written it`);
  if (head['scope'] !== scope) return refused('scope', 'it belongs to another scope: see the option snapshot.scope');
  const body = text.slice(end + 1, -1);
  if (!text.endsWith('\n') || head['sha256'] !== createHash('sha256').update(body).digest('hex'))
    return refused('damaged', 'its content is not what was written');
  try {
    return { is: 'read', services: decodeServices(JSON.parse(body)) };
  } catch (cause) {
    return refused('damaged', 'its content cannot be read', cause);
  }
}

/** A refusal with an error that says why, and what becomes of the file. */
export function refused(reason: RefusalReason, why: string, cause?: unknown): Refusal {
  return { is: 'refused', reason, error: new Error(`The snapshot is not taken: ${why}.`, { cause }) };
}

function headOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const head: unknown = JSON.parse(line);
    return isRecord(head) ? head : undefined;
  } catch {
    return undefined;
  }
}

/** @throws TypeError or RegistryError: whoever wrote the digest has not written this */
function decodeServices(body: unknown): readonly SavedService[] {
  if (!Array.isArray(body)) throw fieldError('', 'an array of services', body);
  return body.map((saved: unknown, index) => decodeService(saved, `[${index}]`));
}

function decodeService(saved: unknown, path: string): SavedService {
  if (!isRecord(saved)) throw fieldError(path, 'a service', saved);
  const { service, seenAt, instances } = saved;
  if (typeof service !== 'string') throw fieldError(`${path}.service`, 'a name', service);
  const seen = typeof seenAt === 'string' ? Date.parse(seenAt) : Number.NaN;
  if (Number.isNaN(seen)) throw fieldError(`${path}.seenAt`, 'an ISO 8601 instant', seenAt);
  if (!Array.isArray(instances)) throw fieldError(`${path}.instances`, 'an array of instances', instances);
  return { service, seenAt: seen, instances: Object.freeze(decodeInstances(instances, service, path)) };
}

function decodeInstances(records: readonly unknown[], service: string, path: string): readonly ServiceInstance[] {
  let former: ServiceInstance | undefined;
  return records.map((record, index) => {
    const instance = decodeFields(record);
    const own = `${path}.instances[${index}]`;
    if (instance.service !== service)
      throw fieldError(`${own}.service`, `that of the service it stands in`, instance.service);
    if (former !== undefined && former.id >= instance.id)
      throw fieldError(`${own}.id`, 'one that comes after the former', instance.id);
    former = instance;
    return instance;
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
