import { describe, expect, test } from 'vitest';
import { advertiseTerms } from '../../src/address/advertise.ts';
import { advertisedEndpoint, type Interfaces } from '../../src/address/advertised-endpoint.ts';
import type { ListeningAddress } from '../../src/servers/provided-server.ts';

const lo = [own('127.0.0.1', { internal: true }), own('::1', { internal: true })];
const container: Interfaces = { lo, eth0: [own('10.0.0.5'), own('fd00::5'), own('fe80::5')] };
const withBridge: Interfaces = { ...container, docker0: [own('172.17.0.1')] };

function own(address: string, { internal = false } = {}) {
  const shared = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':')
    ? { ...shared, family: 'IPv6' as const, scopeid: 0 }
    : { ...shared, family: 'IPv4' as const };
}

function on(host: string): ListeningAddress {
  return { type: 'port', scheme: 'http', host, port: 8080 };
}

function advertised(host: string, advertise: unknown, interfaces: Interfaces = container) {
  return advertisedEndpoint(on(host), advertiseTerms(advertise), interfaces);
}

describe('a server with nothing to advertise', () => {
  test.each([['10.0.0.7'], ['fd00::7'], ['127.0.0.1'], ['::1']])('on %s alone is advertised there', (host) => {
    expect(advertised(host, undefined)).toEqual({ scheme: 'http', host, port: 8080 });
  });

  test.each([
    ['0.0.0.0', '10.0.0.5'],
    ['::', '10.0.0.5'],
  ])('on %s is advertised on IPv4, on what is neither loopback nor link-local', (host, picked) => {
    expect(advertised(host, undefined)).toMatchObject({ host: picked });
  });

  test('on :: is advertised on IPv6 where there is nothing else', () => {
    const interfaces = { lo, eth0: [own('fe80::5'), own('fd00::5')] };
    expect(advertised('::', undefined, interfaces)).toMatchObject({ host: 'fd00::5' });
    expect(() => advertised('0.0.0.0', undefined, interfaces)).toThrow('no interface has one that others can reach');
  });

  test('is advertised on the first of several addresses of one interface', () => {
    const interfaces = { lo, eth0: [own('10.0.0.5'), own('10.0.0.6')] };
    expect(advertised('0.0.0.0', undefined, interfaces)).toMatchObject({ host: '10.0.0.5' });
  });

  test('and several interfaces is refused, and told what there is and how to choose', () => {
    const refused = refusal(() => advertised('0.0.0.0', undefined, withBridge));
    expect(refused).toMatchObject({ name: 'ProviderError', code: 'ADDRESS_UNUSABLE' });
    expect(refused).toMatchObject({
      message:
        'There is no address to advertise: the server listens on 0.0.0.0, and several interfaces have one: ' +
        "eth0 10.0.0.5, docker0 172.17.0.1; choose in options.advertise, such as { interface: 'eth0' }.",
    });
  });

  test('and no network but loopback is refused', () => {
    const refused = refusal(() => advertised('::', undefined, { lo }));
    expect(refused).toMatchObject({ code: 'ADDRESS_UNUSABLE', message: expect.stringContaining('lo 127.0.0.1') });
  });

  test('on a pipe is refused, and told what to do', () => {
    const pipe: ListeningAddress = { type: 'pipe', scheme: 'http', path: '/run/orders.sock' };
    const refused = refusal(() => advertisedEndpoint(pipe, advertiseTerms(undefined), container));
    expect(refused).toMatchObject({ code: 'ADDRESS_UNUSABLE', message: expect.stringContaining('/run/orders.sock') });
  });
});

describe('what is advertised', () => {
  test.each([
    ['http://10.9.9.9:80', { scheme: 'http', host: '10.9.9.9', port: 80 }],
    ['https://orders.example', { scheme: 'https', host: 'orders.example', port: 443 }],
    ['http://[fd00::9]:81', { scheme: 'http', host: 'fd00::9', port: 81 }],
    [{ host: 'orders-1.internal' }, { scheme: 'http', host: 'orders-1.internal', port: 8080 }],
    [{ port: 31_080 }, { scheme: 'http', host: '10.0.0.5', port: 31_080 }],
    [{ scheme: 'HTTPS' }, { scheme: 'https', host: '10.0.0.5', port: 8080 }],
  ])('by %j is taken, and the rest found', (advertise, endpoint) => {
    expect(advertised('0.0.0.0', advertise)).toEqual(endpoint);
  });

  test.each([
    [{ interface: 'docker0' }, '172.17.0.1'],
    [{ network: '172.16.0.0/12' }, '172.17.0.1'],
    [{ network: '10.0.0.0/8' }, '10.0.0.5'],
    [{ network: 'fd00::/8' }, 'fd00::5'],
  ])('by %j is the address that fits', (advertise, host) => {
    expect(advertised('::', advertise, withBridge)).toMatchObject({ host });
  });

  test('by an interface or a network where the server does not listen is refused', () => {
    expect(() => advertised('10.0.0.5', { interface: 'docker0' }, withBridge)).toThrow('interface docker0 has none');
    expect(() => advertised('127.0.0.1', { network: '10.0.0.0/8' })).toThrow('network 10.0.0.0/8 has none');
    expect(() => advertised('0.0.0.0', { interface: 'lo' })).toThrow('interface lo has none');
    expect(advertised('10.0.0.5', { interface: 'eth0' }, withBridge)).toMatchObject({ host: '10.0.0.5' });
  });

  test.each(['http://127.0.0.1:80', 'http://localhost:80', 'http://[::1]:80', 'http://[::ffff:127.0.0.1]:80'])(
    'must not be %s, unless the server listens there alone',
    (url) => {
      expect(refusal(() => advertised('0.0.0.0', url))).toMatchObject({
        code: 'ADDRESS_UNUSABLE',
        message: expect.stringContaining('this machine alone'),
      });
      expect(advertised('127.0.0.1', url)).toMatchObject({ port: 80 });
    },
  );

  test('may stand in front of a pipe', () => {
    const pipe: ListeningAddress = { type: 'pipe', scheme: 'http', path: '/run/orders.sock' };
    const endpoint = { scheme: 'http', host: '10.0.0.5', port: 80 };
    expect(advertisedEndpoint(pipe, advertiseTerms('http://10.0.0.5:80'), {})).toEqual(endpoint);
  });

  test.each([
    ['http://0.0.0.0:80', 'options.advertise.host: expected an address that others can reach'],
    ['http://[::]:80', 'options.advertise.host: expected an address that others can reach'],
    ['10.0.0.5:80', 'options.advertise: expected an endpoint'],
    ['grpc://10.0.0.5', 'options.advertise.port: expected a port'],
    ['http://10.0.0.5:80/path', 'options.advertise: expected a URL without a path'],
    [{ host: '' }, 'options.advertise.host: expected a host name or an IP address'],
    [{ host: '10.0.0.5:80' }, 'options.advertise.host: expected a host name or IP without a port'],
    [{ port: 0 }, 'options.advertise.port: expected an integer from 1 to 65535, got 0'],
    [{ port: '80' }, 'options.advertise.port: expected an integer from 1 to 65535, got "80"'],
    [{ interface: '' }, 'options.advertise.interface: expected the name of a network interface'],
    [{ network: '10.0.0.0' }, 'options.advertise.network: expected a network such as "10.0.0.0/8"'],
    [{ network: '10.0.0.0/33' }, 'options.advertise.network: expected a network such as "10.0.0.0/8"'],
    [{ host: 'a', network: '10.0.0.0/8' }, 'options.advertise.network: given beside host'],
    [{ hostname: 'a' }, 'options.advertise.hostname: unknown key; known are scheme, host'],
    [8080, 'options.advertise: expected a URL such as'],
  ])('is refused before anything happens when it is %j', (advertise, message) => {
    expect(refusal(() => advertiseTerms(advertise))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining(message),
    });
  });
});

function refusal(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
}
