import { expect, test } from 'vitest';
import type { BackendDefinition } from '../../src/registry/backend-definition.ts';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { manualClock } from '../../src/time/manual-clock.ts';
import { ScriptedDriver } from '../scripted-driver.ts';

/** A backend that notes what it was given. */
function noting(name: string): BackendDefinition & { readonly given: unknown[] } {
  const given: unknown[] = [];
  return {
    name,
    given,
    parse: (config) => {
      given.push(config);
      return { parsed: config };
    },
    open: (options, context) => {
      given.push(options, context.clock);
      return new ScriptedDriver();
    },
  };
}

test('B1: a URL is handed whole to the backend that its scheme names, whatever its case', () => {
  const clock = manualClock();
  const etcd = noting('etcd');
  const registry = openRegistry('ETCD://10.0.0.1:2379,10.0.0.2:2379/prod', {
    backends: [noting('memory'), etcd],
    clock,
  });
  expect(registry.backend).toBe('scripted');
  const url = 'ETCD://10.0.0.1:2379,10.0.0.2:2379/prod';
  expect(etcd.given).toEqual([url, { parsed: url }, clock]);
});

test('B1: a plain object is handed over without its backend key', () => {
  const memory = noting('memory');
  openRegistry({ backend: 'memory', size: 3 }, { backends: [memory] });
  expect(memory.given[0]).toEqual({ size: 3 });
});

test.each([
  ['zookeeper://a', /unknown backend "zookeeper"; .* 'memory', 'etcd'/],
  [{ backend: 'Memory' }, /unknown backend "Memory"; .* 'memory', 'etcd'/],
  ['no url', /config: expected a URL/],
  ['', /config: expected a URL/],
  [{}, /config\.backend: expected the name of a backend/],
  [{ backend: 7 }, /config\.backend/],
  [null, /config/],
  [['memory:'], /config/],
])('B1: the configuration %j is a TypeError that names what is wrong', (config, message) => {
  const open = (): unknown => openRegistry(config as never, { backends: [noting('memory'), noting('etcd')] });
  expect(open).toThrow(TypeError);
  expect(open).toThrow(message);
});

test.each([
  [{ backends: [{ name: 'x' }] }, /options\.backends\[0\]/],
  [{ backends: 'memory' }, /options\.backends/],
  [{}, /options\.backends/],
  [undefined, /options\.backends/],
  [{ backends: [], clok: 1 }, /options\.clok: unknown key/],
  [{ backends: [], callTimeoutMs: -1 }, /options\.callTimeoutMs/],
])('B1: options %j are a TypeError that names the key', (options, message) => {
  expect(() => openRegistry('memory:', options as never)).toThrow(message);
});

test('B1: with no backend given the message says so', () => {
  expect(() => openRegistry('memory:', { backends: [] })).toThrow(/are: none/);
});

test('E2: a URL with credentials is never shown', () => {
  const open = (): unknown => openRegistry('etcd//user:secret@host', { backends: [] });
  expect(open).toThrow(TypeError);
  expect(open).not.toThrow(/secret/);
});
