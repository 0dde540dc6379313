import { Client, credentials, status } from '@grpc/grpc-js';
import { openGrpcResolver } from '@rollcall/grpc';
import { BrokenAnswerError } from './broken-answer-error.ts';
import { service } from '../providing/provider.ts';
import type { ClientParts, WordClient } from './word-client.ts';
import { countMethod, methodName } from '../providing/word-count-method.ts';

/** How long a line may take, its retries included. */
const patienceMs = 5_000;

/** Counting words twice does no harm. Methods for which that is not so are not named. */
const serviceConfig = {
  loadBalancingConfig: [{ rollcall_weighted: {} }],
  methodConfig: [
    {
      name: [methodName],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.02s',
        maxBackoff: '0.2s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

/** Over gRPC: a channel whose target names the service. */
export function openGrpcClient({ cache, balancing, observer }: ClientParts): WordClient {
  const resolver = openGrpcResolver({ cache, observer, ...balancing });
  const client = new Client(resolver.target(service), credentials.createInsecure(), {
    interceptors: [resolver.interceptor(service)],
    'grpc.service_config': JSON.stringify(serviceConfig),
    'grpc.enable_http_proxy': 0, // one in the environment would take the place of the resolver
  });
  const { path, requestSerialize, responseDeserialize } = countMethod;
  return {
    protocol: 'gRPC',
    count: (line) =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + patienceMs;
        let hasBegun = false;
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          line,
          { deadline },
          (error, words) => {
            if (error === null) resolve(words ?? Number.NaN);
            else reject(hasBegun && error.code === status.UNAVAILABLE ? new BrokenAnswerError(error) : error);
          },
        );
        call.once('metadata', () => {
          hasBegun = true;
        });
      }),
    close: () => {
      client.close();
      resolver.close();
      return Promise.resolve();
    },
  };
}
