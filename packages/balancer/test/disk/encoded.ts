import { createHash } from 'node:crypto';
import { bodySlices, encodeHead } from '../../src/disk/snapshot-format.ts';
import type { SavedService } from '../../src/disk/saved-service.ts';

/** A snapshot as it stands in its file. */
export function encoded(services: readonly SavedService[], scope: string): string {
  const body = [...bodySlices(services)].join('');
  return `${encodeHead(scope, createHash('sha256').update(body).digest('hex'))}${body}\n`;
}
