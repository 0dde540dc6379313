import { describe, expect, test } from 'vitest';
import { parseOverrides } from '../../src/overrides/overrides-format.ts';

describe('an override', () => {
  test.each([
    ['"localhost:8080"', [{ id: 'localhost:8080', endpoints: [{ scheme: 'http', host: 'localhost', port: 8080 }] }]],
    ['"grpc://[::1]:9090"', [{ id: '[::1]:9090', endpoints: [{ scheme: 'grpc', host: '::1', port: 9090 }] }]],
    ['["b:1","a:1"]', [{ id: 'a:1' }, { id: 'b:1' }]],
    ['{"endpoints":["http://h:1","grpc://h:2"],"zone":"z"}', [{ id: 'h:1', zone: 'z', endpoints: [{}, { port: 2 }] }]],
  ])('%s pins the service there', (value, expected) => {
    const overrides = parseOverrides(`{"orders":${value}}`, 'overrides.json');
    expect([...overrides.keys()]).toEqual(['orders']);
    expect(overrides.get('orders')).toMatchObject(expected.map((one) => ({ service: 'orders', status: 'up', ...one })));
    expect(Object.isFrozen(overrides.get('orders'))).toBe(true);
  });

  test.each([
    ['{', 'overrides.json: expected JSON such as {"orders":"localhost:8080"}'],
    ['[]', 'overrides.json: expected an object with a key for each service, got an array'],
    ['{"orders":5}', 'overrides.json: orders: expected host:port, a URL or the fields of an instance, got 5'],
    ['{"orders":[]}', 'overrides.json: orders: expected at least one address, got an array'],
    ['{"orders":["a:1","grpc://a"]}', 'overrides.json: orders[1]: endpoints[0].port: expected a port'],
    ['{"orders":"a:x"}', 'overrides.json: orders: endpoints[0].port: expected an integer from 1 to 65535'],
    ['{"orders":["a:1","a:1"]}', 'overrides.json: orders: the id "a:1" is there twice'],
    ['{"orders":{"endpoints":["http://a"],"zoen":"z"}}', 'overrides.json: orders: zoen: unknown key'],
    ['{"orders":{"service":"x"}}', 'overrides.json: orders: service: it is named by the key already'],
    ['{"":"a:1"}', 'overrides.json: : service: expected at least one character'],
  ])('in %s is refused, with the place named', (text, message) => {
    expect(() => parseOverrides(text, 'overrides.json')).toThrow(message);
    expect(() => parseOverrides(text, 'overrides.json')).toThrow(TypeError);
  });
});
