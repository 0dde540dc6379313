import type { Counting } from './count-words.ts';
import { startGrpcWordServer } from './grpc-word-server.ts';
import { startHttpWordServer } from './http-word-server.ts';
import type { Stoppable } from './protocol-server.ts';

/** What every provider does for a living: a line of text comes in, the number of its words goes out, over HTTP or gRPC. */
export interface WordServer extends Stoppable {
  readonly endpoints: readonly [http: string, grpc: string];
}

/** Resolves once both of its servers listen. */
export async function startWordServer(counting: Counting): Promise<WordServer> {
  const http = await startHttpWordServer(counting);
  const grpc = await startGrpcWordServer(counting).catch(async (error: unknown) => {
    await http.destroy();
    throw error;
  });
  return {
    endpoints: [http.endpoint, grpc.endpoint],
    stop: async () => {
      await Promise.all([http.stop(), grpc.stop()]);
    },
    destroy: async () => {
      await Promise.all([http.destroy(), grpc.destroy()]);
    },
  };
}
