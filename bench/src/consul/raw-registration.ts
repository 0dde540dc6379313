import { setTimeout as sleep } from 'node:timers/promises';
import { entriesPath, entryByHand, newToken, serviceId } from './entries.ts';
import type { RawConsul } from './raw-consul.ts';

/** Pauses between two looks at the catalog, in milliseconds: as the driver has them, so that neither waits longer for it. */
const firstPauseMs = 2;
const mostPauseMs = 100;

/** An entry that was registered by hand. */
interface RawRegistration {
  readonly token: string;
  readonly deregister: () => Promise<void>;
}

/**
 * Registers by hand: reads what stands of the id, puts an entry of the next epoch with its check, and reads again until the catalog
 * shows it, since the agent answers before it has told the servers.
 */
export async function rawRegister(
  raw: RawConsul,
  { service, id }: { readonly service: string; readonly id: string },
  ttlMs: number,
): Promise<RawRegistration> {
  const path = `${entriesPath(service)}&filter=${encodeURIComponent(`Service.Meta.id == "${id}"`)}`;
  const [former] = rowsIn((await raw.get(path)).text);
  const epoch = Number(former?.Service.Meta['epoch'] ?? 0) + 1;
  const token = newToken();
  await raw.put('/v1/agent/service/register', entryByHand({ service, id, token, ttlMs, epoch }));
  const own = serviceId(id, token);
  await until(async () => rowsIn((await raw.get(path)).text).some(({ Service }) => Service.ID === own));
  return {
    token,
    async deregister() {
      await raw.put(`/v1/agent/service/deregister/${own}`);
      await until(async () => rowsIn((await raw.get(path)).text).length === 0);
    },
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let pauseMs = firstPauseMs; !(await isSo()); pauseMs = Math.min(2 * pauseMs, mostPauseMs)) await sleep(pauseMs);
}

interface RawRow {
  readonly Service: { readonly ID: string; readonly Meta: Readonly<Record<string, string>> };
}

function rowsIn(text: string): readonly RawRow[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by hand: nothing is checked
  return JSON.parse(text) as readonly RawRow[];
}
