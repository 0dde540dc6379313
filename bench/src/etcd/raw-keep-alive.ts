import type { RawEtcd } from './raw-etcd.ts';

/** Keeps leases alive by hand: a keepalive for each of them, all at once, every `everyMs`, over one stream. */
export async function keepAliveByHand(
  raw: RawEtcd,
  leases: readonly number[],
  everyMs: number,
): Promise<Disposable & { readonly failure: () => Error | undefined }> {
  let failure: Error | undefined;
  const stream = await raw.leases.leaseKeepAlive();
  stream.on('error', (error) => {
    failure = error;
  });
  stream.on('data', ({ ID, TTL }) => {
    if (TTL === '0') failure = new Error(`the lease ${ID} is gone`);
  });
  const beat = (): void => {
    for (const ID of leases) stream.write({ ID });
  };
  beat();
  const timer = setInterval(beat, everyMs);
  return {
    failure: () => failure,
    [Symbol.dispose]() {
      clearInterval(timer);
      stream.end();
    },
  };
}
