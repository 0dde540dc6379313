import { inject } from 'vitest';
import type { EtcdVersion } from '../src/index.ts';

/** Each release line, with a binary of it. */
export const etcdVersions: readonly { readonly version: EtcdVersion; readonly binary: string }[] = [
  { version: '3.4', binary: inject('binaries').etcd34 },
  { version: '3.5', binary: inject('binaries').etcd35 },
];
