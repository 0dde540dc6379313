import { serviceInstance, type ServiceInstanceInit } from '@rollcall/core';

/** A key and what is written there, whatever its bytes. */
export interface Write {
  readonly key: string | Uint8Array;
  readonly value: string;
}

/** As many as a server takes in one transaction, unless it is told otherwise. */
const maxTxnOps = 128;

/** An entry as it is stored, by anybody: with further fields, and without those left `undefined`. */
export function storedRecord(init: ServiceInstanceInit, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ v: 1, ...serviceInstance(init), ...fields });
}

/** Writes past every client, in transactions, so that also keys that are no text can be written. @param lease none: immortal */
export async function writeAll(url: string, writes: readonly Write[], lease: string = '0'): Promise<void> {
  for (let from = 0; from < writes.length; from += maxTxnOps) {
    const success = writes.slice(from, from + maxTxnOps).map(({ key, value }) => ({
      request_put: { key: base64(key), value: base64(value), lease },
    }));
    const answer = await fetch(`${url}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) });
    if (!answer.ok) throw new Error(`The transaction was refused: ${await answer.text()}`);
    await answer.body?.cancel();
  }
}

/** Removes one key, whatever its bytes. */
export async function removeKey(url: string, key: Uint8Array): Promise<void> {
  const answer = await fetch(`${url}/v3/kv/deleterange`, {
    method: 'POST',
    body: JSON.stringify({ key: base64(key) }),
  });
  if (!answer.ok) throw new Error(`The removal was refused: ${await answer.text()}`);
  await answer.body?.cancel();
}

function base64(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
