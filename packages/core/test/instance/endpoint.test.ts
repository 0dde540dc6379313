import { expect, test } from 'vitest';
import {
  type Endpoint,
  endpointAddress,
  endpointOf,
  endpointUrl,
  storedEndpoint,
} from '../../src/instance/endpoint.ts';
import { throwing } from './hostile-values.ts';
import { refusal, thrownBy } from './sample-inits.ts';

const longestHost = 'é'.repeat(127);

function at(input: unknown): Endpoint {
  return endpointOf(input, 'endpoints[1]');
}

test.each([
  ['grpc://10.1.1.60:9081', 'grpc', '10.1.1.60', 9081],
  ['http://host', 'http', 'host', 80],
  ['https://host', 'https', 'host', 443],
  ['ws://host', 'ws', 'host', 80],
  ['wss://host', 'wss', 'host', 443],
  ['http://host:80', 'http', 'host', 80],
  ['http://host:443', 'http', 'host', 443],
  ['HTTP://Host', 'http', 'Host', 80],
  ['coap+tcp.x-1://h:1', 'coap+tcp.x-1', 'h', 1],
  ['grpc://h:65535', 'grpc', 'h', 65_535],
  ['http://[::1]', 'http', '::1', 80],
  ['http://[::1]:8080', 'http', '::1', 8080],
  ['http://[2001:DB8::00a]:1', 'http', '2001:DB8::00a', 1],
  ['http://[::ffff:1.2.3.4]:1', 'http', '::ffff:1.2.3.4', 1],
  ['http://[fe80::1%eth0]:1', 'http', 'fe80::1%eth0', 1],
  ['http://bücher.example', 'http', 'bücher.example', 80],
  ['http://my_host%7E', 'http', 'my_host%7E', 80],
  ['http://0x7f.1', 'http', '0x7f.1', 80],
  [`http://${longestHost}`, 'http', longestHost, 80],
])('I3: %s is an endpoint, its host kept as it is', (url, scheme, host, port) => {
  const endpoint = at(url);
  expect(endpoint).toEqual({ scheme, host, port });
  expect(Object.isFrozen(endpoint)).toBe(true);
});

test('I3: an endpoint may be an object; only its scheme is lower-cased', () => {
  const input = { scheme: 'GRPC', host: 'ABCD::1', port: 1 };
  const endpoint = at(input);
  expect(endpoint).toEqual({ scheme: 'grpc', host: 'ABCD::1', port: 1 });
  expect(Object.isFrozen(endpoint)).toBe(true);
  expect(Object.isFrozen(input)).toBe(false);
});

test.each([
  ['10.0.0.1', '10.0.0.1:80'],
  ['host', 'host:80'],
  ['::1', '[::1]:80'],
  ['fe80::1%eth0', '[fe80::1%eth0]:80'],
])('I3: the address of %s is %s', (host, address) => {
  expect(endpointAddress({ scheme: 'http', host, port: 80 })).toBe(address);
});

test.each([
  ['grpc://h', 'endpoints[1].port: expected a port, as in grpc://host:port, got "grpc://h"'],
  ['grpc://h:', 'endpoints[1].port: expected an integer from 1 to 65535 without leading zeros, got ""'],
  ['http://h:', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['grpc://h:0', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['grpc://h:080', 'endpoints[1].port: expected an integer from 1 to 65535 without leading zeros, got "080"'],
  ['grpc://h:65536', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['grpc://h:+1', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['grpc://h:1e3', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['grpc://h: 1', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['grpc://h:٣', 'endpoints[1].port: expected an integer from 1 to 65535'],
  ['http://h:80/', 'endpoints[1]: expected a URL without a path, got one with it; write "http://h:80"'],
  ['http://h/v1', 'endpoints[1]: expected a URL without a path, got one with it; write "http://h"'],
  ['http://h:80\\v1', 'endpoints[1]: expected a URL without a path, got one with it; write "http://h:80"'],
  ['http://h:80?a=b', 'endpoints[1]: expected a URL without a query, got one with it; write "http://h:80"'],
  ['http://h:80#a', 'endpoints[1]: expected a URL without a fragment, got one with it; write "http://h:80"'],
  ['http://', 'endpoints[1].host: expected a host name or an IP address, got ""'],
  ['http://:80', 'endpoints[1].host: expected a host name or an IP address, got ""'],
  ['http://[]:80', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://[h]:80', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://[1.2.3.4]:80', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://[::1]80', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://[::1', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://::1', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://h:1:2', 'endpoints[1].host: expected host:port, with brackets around IPv6'],
  ['http://h]:1', 'endpoints[1].host: expected a host without brackets'],
  ['http://a b:1', 'endpoints[1].host: expected a host without whitespace'],
  ['http://a\u00a0b:1', 'endpoints[1].host: expected a host without whitespace'],
  ['http://a\n:1', 'endpoints[1].host: expected a host without control characters'],
  ['http://a\ud800:1', 'endpoints[1].host: expected a host without lone surrogates'],
  ['http://[::1%\u0000]:1', 'endpoints[1].host: expected a host without control characters'],
  [`http://${longestHost}ab:1`, 'endpoints[1].host: expected at most 255 UTF-8 bytes and not 256'],
  ['1http://h:1', 'endpoints[1].scheme: expected a scheme such as "grpc"'],
  ['ht tp://h:1', 'endpoints[1].scheme: expected a scheme such as "grpc"'],
  ['://h:1', 'endpoints[1].scheme: expected a scheme such as "grpc"'],
  ['h:1', 'endpoints[1]: expected an endpoint, a URL such as "grpc://10.1.1.60:9081"'],
  ['//h:1', 'endpoints[1]: expected an endpoint, a URL such as'],
  ['http:/h:1', 'endpoints[1]: expected an endpoint, a URL such as'],
  ['', 'endpoints[1]: expected an endpoint, a URL such as'],
])('I6: the URL %j is refused by the part at fault', (url, message) => {
  expect(refusal(() => at(url))).toContain(message);
});

test.each([
  'https://user:secret@host:443',
  'https://secret@host:443',
  'https://user:sec/ret@host:443',
  'https://user:secret?@host:443',
  'https://user:secret%40host:443',
  'https://host/secret',
  'https://host?token=secret',
  'https://host#secret',
  'secret@host:443',
  'user:secret@host:443',
  'user:secret@ho://st:443',
  'https:/user:secret@host',
])('E2: %j is refused without a word of what may be credentials', (url) => {
  const message = refusal(() => at(url));
  expect(message).not.toContain('sec');
  expect(message).not.toContain('ret@');
});

test('I3: a user part is refused by name, with what to write instead', () => {
  expect(refusal(() => at('https://user:secret@host:443'))).toBe(
    'endpoints[1]: expected a URL without a user part, got one with it (not shown); write https://host:port',
  );
});

test.each([
  [{ scheme: 1 }, '.scheme: expected a scheme such as "grpc": a letter, then letters, digits, "+", "." or "-", got 1'],
  [{ scheme: '' }, '.scheme: expected a scheme such as "grpc"'],
  [{ scheme: 'http:' }, '.scheme: expected a scheme such as "grpc"'],
  [{ scheme: 'é' }, '.scheme: expected a scheme such as "grpc"'],
  [{ scheme: '\u212a' }, '.scheme: expected a scheme such as "grpc"'],
  [{ host: undefined }, '.host: expected a host name or an IP address, got undefined'],
  [{ host: '' }, '.host: expected a host name or an IP address, got ""'],
  [{ host: '[::1]' }, '.host: expected a host without brackets, also if it is IPv6, got "[::1]"'],
  [{ host: 'h:80' }, '.host: expected a host name or IP without a port, got "h:80"'],
  [{ host: '10.0.0.1:80' }, '.host: expected a host name or IP without a port, got "10.0.0.1:80"'],
  [{ host: 'g::1' }, '.host: expected a host name or IP without a port, got "g::1"'],
  [{ host: '::1%' }, '.host: expected a host name or IP without a port, got "::1%"'],
  [{ host: 'h/' }, '.host: expected a host without whitespace and any of / ? # \\, got "h/"'],
  [{ host: 'h?' }, '.host: expected a host without whitespace and any of'],
  [{ host: 'h#' }, '.host: expected a host without whitespace and any of'],
  [{ host: 'h\\' }, '.host: expected a host without whitespace and any of'],
  [{ host: 'secret@h' }, '.host: expected a host without a user part, got one with it (not shown)'],
  [{ port: undefined }, '.port: expected an integer from 1 to 65535, got undefined'],
  [{ port: '80' }, '.port: expected an integer from 1 to 65535, got "80"'],
  [{ port: 80n }, '.port: expected an integer from 1 to 65535, got a bigint'],
  [{ port: 0 }, '.port: expected an integer from 1 to 65535, got 0'],
  [{ port: -0 }, '.port: expected an integer from 1 to 65535, got -0'],
  [{ port: 65_536 }, '.port: expected an integer from 1 to 65535, got 65536'],
  [{ port: 1.5 }, '.port: expected an integer from 1 to 65535, got 1.5'],
  [{ port: Number.NaN }, '.port: expected an integer from 1 to 65535, got NaN'],
  [{ url: 'x' }, '.url: unknown key; known are scheme, host, port'],
])('I6: the object is refused by its path, case %#', (part, message) => {
  expect(refusal(() => at({ scheme: 'http', host: 'h', port: 80, ...part }))).toContain(`endpoints[1]${message}`);
});

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [80, '80'],
])('I6: %s is no endpoint', (value, came) => {
  expect(refusal(() => at(value))).toMatch(
    new RegExp(String.raw`^endpoints\[1\]: expected an endpoint, .*, got ${came}$`),
  );
});

test('I6: a URL object is no endpoint, and is not read', () => {
  expect(refusal(() => at(new URL('http://user:secret@host')))).toBe(
    'endpoints[1]: expected an endpoint (a plain object), got an instance of URL',
  );
});

test('I6: a getter that throws is named', () => {
  const input = Object.defineProperty({ scheme: 'http', host: 'h' }, 'port', { get: throwing });
  expect(thrownBy(() => at(input))).toMatchObject({
    message: 'endpoints[1].port: reading it threw; see cause',
    cause: new RangeError('from the trap'),
  });
});

test('D5: a stored endpoint may have keys of newer versions, but is no URL', () => {
  const endpoint = storedEndpoint({ scheme: 'http', host: 'h', port: 80, weight: 3 }, 'endpoints[0]');
  expect(endpoint).toEqual({ scheme: 'http', host: 'h', port: 80 });
  expect(Object.isFrozen(endpoint)).toBe(true);
  expect(refusal(() => storedEndpoint('http://h', 'endpoints[0]'))).toContain('expected an endpoint (a plain object)');
  expect(refusal(() => storedEndpoint({ scheme: 'http', host: 'h' }, 'endpoints[0]'))).toContain('endpoints[0].port');
});

test('I3: an endpoint as a URL has IPv6 in brackets, and comes back as the same endpoint', () => {
  for (const url of ['grpc://10.1.1.60:9081', 'http://host:80', 'https://[2001:db8::1]:443']) {
    expect(endpointUrl(at(url))).toBe(url);
    expect(new URL(endpointUrl(at(url))).protocol).toBe(`${at(url).scheme}:`);
  }
});
