import { typicalInit, typicalOwner as owner } from '../workload/typical-instance.ts';

/** The bytes that stand under its key: written as by hand, with none of the checks of `register`. */
export function typicalRecord(service: string, id: string, version: string = '4.17.2'): Buffer {
  const endpoints = [
    { scheme: 'http', host: '10.42.117.23', port: 8080 },
    { scheme: 'grpc', host: '10.42.117.23', port: 9090 },
  ];
  const defaults = { status: 'up', weight: 100 };
  return Buffer.from(JSON.stringify({ v: 1, ...typicalInit(service, id, version), ...defaults, endpoints, owner }));
}

/** What every key begins with. */
export const prefix = '/bench';

/** Names here have nothing in them that would have to be escaped. */
export function keyOf(service: string, id: string): Buffer {
  return Buffer.from(`${prefix}/instances/${service}/${id}`);
}

/** All keys of a service. */
export function rangeOf(service: string): { readonly key: Buffer; readonly range_end: Buffer } {
  return { key: keyOf(service, ''), range_end: Buffer.from(`${prefix}/instances/${service}0`) };
}
