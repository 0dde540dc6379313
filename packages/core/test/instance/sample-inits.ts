import fc from 'fast-check';
import type { Endpoint } from '../../src/instance/endpoint.ts';
import type { ServiceInstanceInit } from '../../src/instance/instance.ts';

/** The least that makes an instance. */
export function sampleInit(more: Partial<ServiceInstanceInit> = {}): ServiceInstanceInit {
  return { service: 'greeter', endpoints: ['grpc://10.1.1.60:9081'], ...more };
}

/** Every field given, none at its default. */
export const fullInit: ServiceInstanceInit = {
  service: 'shop/Zahlung ✓',
  id: 'blue-7 🦊',
  endpoints: [
    { scheme: 'grpc', host: '10.1.1.60', port: 9081 },
    { scheme: 'http', host: '::1', port: 80 },
  ],
  status: 'draining',
  weight: 7,
  env: 'prod',
  region: 'eu',
  zone: 'eu-1',
  deployment: 'red',
  version: '1.2.3',
  frameworkVersion: '9',
  buildTime: '2024-02-29T23:59:59.123Z',
  startTime: '2025-01-01T00:00:00+02:00',
  metadata: JSON.parse('{"__proto__":"own","":"","constructor":"c","a\\u0000b":"\\u001f"}'),
};

/** Any Unicode without lone surrogates, weighted towards what breaks encoders. */
const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', '__proto__', 'toJSON', 'constructor', '\u0000', '\ufeff', '\u2028', '"\\', '𐍈', '0', '-1'),
);

const anyName = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .map((name) => name.replaceAll(/\p{Control}/gu, '/'));
const anyPort = fc.integer({ min: 1, max: 65_535 });
const anyHost = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constant('fe80::1%eth0'), fc.constant('bücher.example'));
const anyScheme = fc.constantFrom('http', 'grpc', 'h2c', 'coap+tcp', 'x-y.z');

const anyEndpoint: fc.Arbitrary<Endpoint> = fc.record({ scheme: anyScheme, host: anyHost, port: anyPort });
const anyUrl = anyEndpoint.map(
  ({ scheme, host, port }) => `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
);

const anyInstant = fc
  .date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') })
  .map((date) => date.toISOString());

/** Fits 16 KiB always. */
export const anyInit: fc.Arbitrary<ServiceInstanceInit> = fc.record(
  {
    service: anyName,
    endpoints: fc.array(fc.oneof(anyEndpoint, anyUrl), { minLength: 1, maxLength: 4 }),
    id: fc.option(anyName, { nil: undefined }),
    status: fc.constantFrom(
      'starting' as const,
      'up' as const,
      'draining' as const,
      'out-of-service' as const,
      undefined,
    ),
    weight: fc.option(fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.constant(-0)), { nil: undefined }),
    env: fc.option(anyText, { nil: undefined }),
    region: fc.option(anyText, { nil: undefined }),
    zone: fc.option(anyText, { nil: undefined }),
    deployment: fc.option(anyText, { nil: undefined }),
    version: fc.option(anyText, { nil: undefined }),
    frameworkVersion: fc.option(anyText, { nil: undefined }),
    buildTime: fc.option(anyInstant, { nil: undefined }),
    startTime: fc.option(anyInstant, { nil: undefined }),
    metadata: fc.option(fc.dictionary(anyText, anyText, { maxKeys: 6 }), { nil: undefined }),
  },
  { requiredKeys: ['service', 'endpoints'] },
);

/** What a call throws; `undefined` if it does not. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The message of the TypeError that `call` must throw. */
export function refusal(call: () => unknown): string {
  const error = thrownBy(call);
  if (error instanceof TypeError) return error.message;
  throw new Error('expected a TypeError', { cause: error });
}
