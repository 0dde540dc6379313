import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { SavedService } from './saved-service.ts';
import { bodySlices, type Decoded, decodeSnapshot, encodeHead, refused } from './snapshot-format.ts';

/** Where a snapshot stands. */
export interface SnapshotPlace {
  readonly path: string;
  readonly scope: string;
}

/** What is in the file; `absent` if there is none. Never rejects. */
export async function readSnapshot({ path, scope }: SnapshotPlace): Promise<Decoded | { readonly is: 'absent' }> {
  try {
    return decodeSnapshot(await readFile(path, 'utf8'), scope);
  } catch (cause) {
    return isMissing(cause) ? { is: 'absent' } : refused('unreadable', 'it could not be read', cause);
  }
}

/**
 * Writes the snapshot in one step: readers see the former file or this one, whole, also if the process or the machine ends in the
 * middle. Only the own user may read it.
 * @throws what the system says; the former file then stands as it was
 */
export async function writeSnapshot({ path, scope }: SnapshotPlace, services: readonly SavedService[]): Promise<void> {
  // In the same folder, as only within one file system a rename is one step.
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeWhole({ path: draft, scope }, services);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Slice by slice, with the process free for others in between. The head, which has the digest, is known last. */
async function writeWhole({ path, scope }: SnapshotPlace, services: readonly SavedService[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    await file.writeFile(encodeHead(scope, '0'.repeat(64)));
    for (const slice of bodySlices(services)) {
      hash.update(slice);
      await file.writeFile(slice);
    }
    await file.writeFile('\n');
    await file.write(encodeHead(scope, hash.digest('hex')), 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
