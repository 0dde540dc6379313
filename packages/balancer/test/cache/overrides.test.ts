import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type CacheDiagnosticEvent, openServiceCache } from '@rollcall/balancer';
import { describe, expect, test } from 'vitest';
import { folder } from '../folder.ts';
import { openScene, type Scene, seen, withTime } from '../scene.ts';

describe('overrides in a variable', () => {
  test('take the place of the registry for the services they name, and are told', async () => {
    await using scene = openScene();
    await scene.register('a');
    const environment = { SERVICE_OVERRIDES: '{"billing":"localhost:8080"}' };
    await using cache = openServiceCache({
      ...scene.options,
      services: ['orders', 'billing'],
      overrides: { environment },
    });
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['live', 'a']);
    expect(seen(cache.service('billing'))).toEqual(['overridden', 'localhost:8080']);
    expect(cache.report()).toMatchObject([{ service: 'billing', state: 'overridden', instances: 1 }, {}]);
    expect(scene.diagnostics).toEqual([{ type: 'overrides-read', origin: 'SERVICE_OVERRIDES', services: ['billing'] }]);
  });

  test('need no registry at all', async () => {
    await using scene = openScene();
    const environment = { SERVICE_OVERRIDES: '{"orders":["localhost:1","localhost:2"]}' };
    await using cache = openServiceCache({ ...scene.options, discovery: undefined, overrides: { environment } });
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['overridden', 'localhost:1 localhost:2']);
    cache.service('billing');
    const refused = await withTime(
      scene.clock,
      cache.ready().catch((error: unknown) => error),
    );
    expect(refused).toMatchObject({
      message: expect.stringContaining('of "billing": nothing overrides it, and there is no registry to ask.'),
    });
  });

  test('open no watch', async () => {
    await using scene = openScene();
    scene.driver.disconnect();
    const environment = { SERVICE_OVERRIDES: '{"orders":"localhost:1"}' };
    const discovery = { ...scene.options.discovery, watch: () => expect.unreachable('a watch was opened') } as never;
    await using cache = openServiceCache({ ...scene.options, discovery, overrides: { environment } });
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['overridden', 'localhost:1']);
  });
});

describe('overrides in a file', () => {
  test('are read again when it changes, and the registry has its say again when they go', async () => {
    await using own = await folder();
    await using scene = openScene();
    await scene.register('a');
    const file = own.file('overrides.json');
    await writeFile(file, '{"orders":"localhost:1"}');
    await using cache = openServiceCache({ ...scene.options, overrides: { file } });
    await cache.ready();
    const service = cache.service('orders');
    expect(seen(service)).toEqual(['overridden', 'localhost:1']);
    await writeFile(file, '{"orders":"localhost:22"}');
    await withTime(scene.clock, changed(service));
    expect(seen(service)).toEqual(['overridden', 'localhost:22']);
    const before = service.instances;
    await writeFile(file, '{"orders":"localhost:22","billing":"localhost:1"}');
    await expect.poll(() => looked(scene)).toBe(3);
    expect(service.instances).toBe(before);
    await writeFile(file, '{}');
    await withTime(scene.clock, changed(service));
    await withTime(scene.clock, cache.ready());
    expect(seen(service)).toEqual(['live', 'a']);
    expect(scene.diagnostics).toEqual([
      { type: 'overrides-read', origin: file, services: ['orders'] },
      { type: 'overrides-read', origin: file, services: ['orders'] },
      { type: 'overrides-read', origin: file, services: ['orders', 'billing'] },
      { type: 'overrides-read', origin: file, services: [] },
    ]);
  });

  test('give way to the variable', async () => {
    await using own = await folder();
    await using scene = openScene();
    const file = own.file('overrides.json');
    await writeFile(file, '{"orders":"localhost:1","billing":"localhost:2"}');
    const environment = { SERVICE_OVERRIDES: '{"orders":"localhost:3"}' };
    await using cache = openServiceCache({ ...scene.options, overrides: { file, environment } });
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['overridden', 'localhost:3']);
    expect(seen(cache.service('billing'))).toEqual(['overridden', 'localhost:2']);
  });

  test('that is not there override nothing, and nothing is said', async () => {
    await using own = await folder();
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, overrides: { file: own.file('none.json') } });
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['live', 'a']);
    expect(scene.diagnostics).toEqual([]);
  });

  test('that cannot be read at the start let nobody go to the registry by mistake, until they are mended', async () => {
    await using own = await folder();
    await using scene = openScene();
    await scene.register('a');
    const file = own.file('overrides.json');
    await writeFile(file, '{"orders":"localhost:x"}');
    await using cache = openServiceCache({ ...scene.options, overrides: { file } });
    await expect(cache.ready()).rejects.toThrow(`${file}: orders: endpoints[0].port: expected an integer`);
    await scene.clock.advance(5_000);
    expect(seen(cache.service('orders'))).toEqual(['unknown', '']);
    expect(scene.diagnostics).toMatchObject([{ type: 'overrides-refused', origin: file }]);
    await writeFile(file, '{"orders":"localhost:1"}');
    await withTime(scene.clock, changed(cache.service('orders')));
    expect(seen(cache.service('orders'))).toEqual(['overridden', 'localhost:1']);
  });

  test('that cannot be read later stand as they were', async () => {
    await using own = await folder();
    await using scene = openScene();
    const file = own.file('overrides.json');
    await writeFile(file, '{"orders":"localhost:1"}');
    const refusals = new EventEmitter();
    const onDiagnostic = ({ type }: CacheDiagnosticEvent): boolean => refusals.emit(type);
    const refused = once(refusals, 'overrides-refused');
    await using cache = openServiceCache({ ...scene.options, overrides: { file }, onDiagnostic });
    await cache.ready();
    await writeFile(file, '{');
    await withTime(scene.clock, refused);
    expect(seen(cache.service('orders'))).toEqual(['overridden', 'localhost:1']);
    await cache.ready();
  });
});

/** How often overrides were read, after the file was looked at once more. */
async function looked({ clock, diagnostics }: Scene): Promise<number> {
  await clock.advance(1_000);
  return diagnostics.length;
}

function changed(service: { onChange(listener: () => void): () => void }): Promise<void> {
  return new Promise((resolve) => {
    const stop = service.onChange(() => {
      stop();
      resolve();
    });
  });
}
