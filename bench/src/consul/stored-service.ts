import { poll } from '@rollcall/testing-servers';
import { bounded } from '../workload/bounded.ts';
import { idNumber } from '../workload/registrations.ts';
import { entriesPath, entryByHand, newToken, serviceId } from './entries.ts';
import type { RawConsul } from './raw-consul.ts';

/** Long enough that nobody needs to renew it: who is read is not to be at work. */
const ttlMs = 86_400_000;

/** A service that stands, and can be changed. */
export interface StoredService {
  readonly name: string;
  readonly size: number;
  /** The tokens of its entries. */
  readonly tokens: readonly string[];
  /** Registers one of its entries again, with another version of what it is an instance of. */
  readonly change: (index: number, version: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Registers a service of `size` instances by hand, and waits until the catalog shows all of them. */
export async function storeService(raw: RawConsul, name: string, size: number): Promise<StoredService> {
  const tokens = Array.from({ length: size }, newToken);
  const change = (index: number, version?: string): Promise<void> =>
    raw.put(
      '/v1/agent/service/register',
      entryByHand({
        service: name,
        id: idNumber(index),
        token: tokens[index] ?? '',
        ttlMs,
        ...(version !== undefined && { version }),
      }),
    );
  await bounded(size, 8, (index) => change(index));
  await poll(async () => (await countPassing(raw, name)) === size || undefined, {
    what: `the catalog shows ${size} instances of ${name}`,
  });
  const remove = (): Promise<void> =>
    bounded(size, 8, (index) =>
      raw.put(`/v1/agent/service/deregister/${serviceId(idNumber(index), tokens[index] ?? '')}`),
    );
  return { name, size, tokens, change, remove };
}

/** How many instances of a service pass. */
export async function countPassing(raw: RawConsul, name: string): Promise<number> {
  const rows: unknown = JSON.parse((await raw.get(`${entriesPath(name)}&passing=`)).text);
  return Array.isArray(rows) ? rows.length : 0;
}
