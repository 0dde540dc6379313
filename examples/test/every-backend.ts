import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';

/** URLs of a registry of its own on each backend, memory first, on the servers that all tests share. */
export function everyBackend(): readonly string[] {
  const place = randomUUID();
  return [
    'memory:',
    `etcd://${new URL(inject('etcd35').url).host}/${place}`,
    `consul://${new URL(inject('consul').url).host}?prefix=${place}-`,
  ];
}
