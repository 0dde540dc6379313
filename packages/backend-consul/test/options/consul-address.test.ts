import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { addressOver, writtenAddress } from '../../src/options/consul-address.ts';
import { parseConsulOptions } from '../../src/options/parse-consul-options.ts';

test.each([
  ['h', undefined, 'h', undefined, 'http://h:8500'],
  ['h:1', undefined, 'h', 1, 'http://h:1'],
  ['10.0.0.1:65535', undefined, '10.0.0.1', 65_535, 'http://10.0.0.1:65535'],
  ['http://h', 'http', 'h', undefined, 'http://h:8500'],
  ['https://h', 'https', 'h', undefined, 'https://h:8501'],
  ['HTTPS://Host:1', 'https', 'Host', 1, 'https://Host:1'],
  ['http://h:8500/', 'http', 'h', 8_500, 'http://h:8500'],
  ['::1', undefined, '::1', undefined, 'http://[::1]:8500'],
  ['[::1]', undefined, '::1', undefined, 'http://[::1]:8500'],
  ['[::1]:1', undefined, '::1', 1, 'http://[::1]:1'],
  ['https://[fe80::1]:1', 'https', 'fe80::1', 1, 'https://[fe80::1]:1'],
  ['bücher.example', undefined, 'bücher.example', undefined, 'http://bücher.example:8500'],
  ['unix', undefined, 'unix', undefined, 'http://unix:8500'],
])('B1: %s is an address', (text, scheme, host, port, shown) => {
  expect(writtenAddress(text, 'a')).toEqual({ scheme, host, port });
  expect(parseConsulOptions({ address: text }).address).toEqual({ origin: shown, socketPath: undefined, shown });
});

test.each([
  ['unix:/run/consul.sock', '/run/consul.sock'],
  ['unix:///run/consul.sock', '/run/consul.sock'],
  ['unix:/a b/é:1?c#d', '/a b/é:1?c#d'],
])('B1: %s is a socket', (text, socketPath) => {
  expect(writtenAddress(text, 'a')).toEqual({ scheme: 'unix', host: socketPath, port: undefined });
  const expected = { origin: 'http://localhost', socketPath, shown: `unix:${socketPath}` };
  expect(parseConsulOptions({ address: text }).address).toEqual(expected);
  expect(parseConsulOptions(`consul://${encodeURIComponent(text)}`).address).toEqual(expected);
});

test('B1: a socket in a URL needs its slashes escaped, and nothing else of it', () => {
  const { address } = parseConsulOptions('consul://unix:%2Frun%2Fconsul.sock?prefix=p');
  expect(address.socketPath).toBe('/run/consul.sock');
  expect(() => parseConsulOptions('consul://unix:/run/consul.sock')).toThrow(/^2 options are wrong:/);
});

test.each([
  '',
  ':1',
  'h:',
  'h:0',
  'h:01',
  'h:65536',
  'h:1:2',
  'h:hunter2',
  'ftp://h',
  '://h',
  'h/',
  'h/hunter2',
  'h?hunter2',
  'http://h#hunter2',
  'http://h//',
  'hunter2@h',
  'http://u:hunter2@h:1',
  'http://u:a/hunter2@h',
  'http://::1',
  '[::1',
  '[h]',
  '[::1]2',
  'a,b',
  'a b',
  'a%40b',
  'unix:',
  'unix:hunter2.sock',
  'unix:./hunter2.sock',
  'unix://host/hunter2.sock',
  'UNIX:/hunter2.sock',
  'h'.repeat(256),
])('I6: %j is no address, and what may be a secret is not shown', (text) => {
  expect(() => writtenAddress(text, 'config.address')).toThrow(/^config\.address: expected /);
  expect(() => writtenAddress(text, 'config.address')).not.toThrow(/hunter2/);
});

test('B1: an address is read back as what it is of', () =>
  check(
    fc.property(
      fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
      fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      fc.constantFrom('plain', 'tls'),
      (host, port, tls) => {
        const address = addressOver(tls, { scheme: undefined, host, port });
        expect(parseConsulOptions({ address: address.shown }).address).toEqual(address);
        expect(new URL(address.origin).protocol).toBe(tls === 'tls' ? 'https:' : 'http:');
      },
    ),
  ));
