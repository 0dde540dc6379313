import { type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import { openGrpcResolver } from '@rollcall/grpc';
import type { Calls } from './calls.ts';
import type { GrpcJob } from './job.ts';
import { serviceOf } from './service-of.ts';

const question = Buffer.from('ada');

/** Unary calls as the job says, all of them on one channel. */
export async function grpcCalls({ by, ports }: GrpcJob): Promise<Calls> {
  const way = await ways[by](ports.map((port) => `127.0.0.1:${port}`));
  return {
    make: () =>
      new Promise((resolve, reject) => {
        way.client.makeUnaryRequest('/Greeter/Greet', asItIs, asItIs, question, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    [Symbol.asyncDispose]: () => way.close(),
  };
}

interface Way {
  readonly client: Client;
  close(): Promise<void>;
}

const inTurn: ChannelOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
};

const ways: Readonly<Record<GrpcJob['by'], (addresses: readonly string[]) => Promise<Way>>> = {
  rollcall: (addresses) => rollcall(addresses, {}),
  'rollcall, round_robin': (addresses) => rollcall(addresses, inTurn),
  addresses: (addresses) => plain(addresses, {}),
  'addresses, round_robin': (addresses) => plain(addresses, inTurn),
};

async function plain(addresses: readonly string[], options: ChannelOptions): Promise<Way> {
  const client = new Client(`ipv4:${addresses.join(',')}`, credentials.createInsecure(), options);
  return { client, close: async () => client.close() };
}

async function rollcall(addresses: readonly string[], options: ChannelOptions): Promise<Way> {
  const urls = addresses.map((address) => `grpc://${address}`);
  const service = await serviceOf('greeter', urls);
  const resolver = openGrpcResolver({ cache: service.cache });
  const client = new Client(resolver.target('greeter'), credentials.createInsecure(), options);
  return {
    client,
    async close() {
      client.close();
      resolver.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
