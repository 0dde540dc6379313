import type { MethodDefinition } from '@grpc/grpc-js';

/** The service of gRPC, as a retry policy names it, and its method. */
export const methodName = { service: 'WordCount', method: 'Count' } as const;

/** What a generator would make of a .proto file, for servers and clients alike. */
export const countMethod: MethodDefinition<string, number> = {
  path: `/${methodName.service}/${methodName.method}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: (line) => Buffer.from(line),
  requestDeserialize: (bytes) => bytes.toString(),
  responseSerialize: (words) => Buffer.from(String(words)),
  responseDeserialize: (bytes) => Number(bytes.toString()),
};
