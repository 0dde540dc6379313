import { expect, test } from 'vitest';
import { type Deferred, deferred } from '../../src/cancelling/deferred.ts';
import { onDemandDriver, type RegistryDriver } from '../../src/driver.ts';
import { createRegistry } from '../../src/index.ts';
import { serviceInstance } from '../../src/instance/service-instance.ts';
import { ScriptedDriver, type ScriptedWatch } from '../scripted-driver.ts';

const orders = serviceInstance({ service: 'orders', endpoints: ['http://10.0.0.1:80'] });

/** A driver on demand, whose code arrives when the test says so. */
class Scene {
  readonly behind: ScriptedDriver = new ScriptedDriver();
  readonly driver: RegistryDriver;
  readonly loads: Deferred<() => RegistryDriver>[] = [];

  /** The first watch of the driver behind it. */
  readonly watching: Promise<ScriptedWatch>;

  constructor() {
    const { name, address, capabilities, script } = this.behind;
    const { promise, resolve } = deferred<ScriptedWatch>();
    this.watching = promise;
    script.watch = (service, options) => {
      const watch = this.behind.open(service, options);
      resolve(watch);
      return watch;
    };
    this.driver = onDemandDriver({
      name,
      address,
      capabilities,
      load: async () => {
        const code = deferred<() => RegistryDriver>();
        this.loads.push(code);
        return (await code.promise)();
      },
    });
  }

  arrives(): void {
    this.loads.at(-1)?.resolve(() => this.behind);
  }

  fails(error: Error): void {
    this.loads.at(-1)?.resolve(() => {
      throw error;
    });
  }

  get methods(): readonly string[] {
    return this.behind.calls.map(({ method }) => method);
  }
}

function calling(signal: AbortSignal = new AbortController().signal): { readonly signal: AbortSignal } {
  return { signal };
}

const calls: readonly (readonly [string, (driver: RegistryDriver, signal?: AbortSignal) => Promise<unknown>])[] = [
  [
    'register',
    (driver, signal) => driver.register(orders, 3_000, { ...calling(signal), onConflict: 'replace', owner: 'o' }),
  ],
  ['list', (driver, signal) => driver.list('orders', calling(signal))],
  ['services', (driver, signal) => driver.services(calling(signal))],
  ['watch', (driver, signal) => driver.watch('orders', calling(signal))[Symbol.asyncIterator]().next()],
];

test('B2: making it loads nothing, and it says all that is known of the driver', () => {
  const { driver, behind, loads } = new Scene();
  expect(driver).toMatchObject({ name: 'scripted', address: 'nowhere:1', capabilities: behind.capabilities });
  driver.watch('orders', calling());
  expect(loads).toHaveLength(0);
});

test.each(calls)('B2: %s loads it, and is then the driver’s own call', async (method, call) => {
  const scene = new Scene();
  const first = call(scene.driver);
  expect(scene.loads).toHaveLength(1);
  expect(scene.methods).toEqual([]);
  scene.arrives();
  if (method === 'watch') (await scene.watching).snapshot(orders);
  await first;
  expect(scene.methods).toEqual([method]);
});

test('B2: calls that come while it loads share one load, and go on in their order', async () => {
  const scene = new Scene();
  const pending = calls.slice(0, 3).map(([, call]) => call(scene.driver));
  scene.arrives();
  await Promise.all(pending);
  await scene.driver.services(calling());
  expect(scene.loads).toHaveLength(1);
  expect(scene.methods).toEqual(['register', 'list', 'services', 'services']);
});

test('B2: once it is loaded, leases and watches are the driver’s own', async () => {
  const scene = new Scene();
  const registering = scene.driver.register(orders, 3_000, { ...calling(), onConflict: 'replace', owner: 'o' });
  scene.arrives();
  expect(await registering).toBe(scene.behind.leases[0]);
  expect(scene.driver.watch('orders', calling())).toBe(scene.behind.watching);
});

test.each(calls)('E1, E2: %s tells why it could not be loaded, and the next call tries again', async (_, call) => {
  const scene = new Scene();
  const cause = new Error("Cannot find package '@grpc/grpc-js'");
  const [first, second] = [call(scene.driver), call(scene.driver)];
  scene.fails(cause);
  for (const failing of [first, second])
    await expect(failing).rejects.toMatchObject({
      code: 'REGISTRY_INTERNAL',
      message:
        "Could not load the driver (scripted at nowhere:1): Cannot find package '@grpc/grpc-js'. Check that the package of the backend is installed, with all that it depends on.",
      cause,
    });
  const third = scene.driver.list('orders', calling());
  scene.arrives();
  expect(await third).toMatchObject({ type: 'snapshot' });
  expect(scene.loads).toHaveLength(2);
});

test('E1: what is thrown before anything is loaded fails the call and no later one', async () => {
  let isBroken = true;
  const behind = new ScriptedDriver();
  const driver = onDemandDriver({
    name: 'scripted',
    address: 'nowhere:1',
    capabilities: behind.capabilities,
    load() {
      if (isBroken) throw new Error('broken');
      return Promise.resolve(behind);
    },
  });
  await expect(driver.services(calling())).rejects.toThrow(/broken/);
  isBroken = false;
  expect(await driver.services(calling())).toEqual([]);
});

test.each(calls)('C1: %s that was aborted before loads nothing', async (_, call) => {
  const scene = new Scene();
  const reason = new Error('enough');
  await expect(call(scene.driver, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(scene.loads).toHaveLength(0);
});

test.each(calls)(
  'C1: %s that is aborted while it loads rejects at once, and the driver never hears of it',
  async (_, call) => {
    const scene = new Scene();
    const aborting = new AbortController();
    const reason = new Error('enough');
    const aborted = call(scene.driver, aborting.signal);
    const other = scene.driver.services(calling());
    aborting.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    scene.arrives();
    await other;
    expect(scene.methods).toEqual(['services']);
  },
);

test('W9: a watch that is returned before its first read loads nothing, and is over', async () => {
  const scene = new Scene();
  const events = scene.driver.watch('orders', calling())[Symbol.asyncIterator]();
  expect(await events.return?.()).toEqual({ done: true, value: undefined });
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(scene.loads).toHaveLength(0);
});

test('W9: a watch that is returned while it loads ends its pending reads at once, and nothing is watched', async () => {
  const scene = new Scene();
  const events = scene.driver.watch('orders', calling())[Symbol.asyncIterator]();
  const reads = [events.next(), events.next()];
  await events.return?.();
  for (const read of reads) expect(await read).toEqual({ done: true, value: undefined });
  const other = scene.driver.services(calling());
  scene.arrives();
  await other;
  expect(scene.methods).toEqual(['services']);
});

test('W1, W3: what a watch tells that was opened by its first read comes in order, and ends as the driver’s does', async () => {
  const scene = new Scene();
  const events = scene.driver.watch('orders', calling())[Symbol.asyncIterator]();
  const first = events.next();
  scene.arrives();
  const watching = await scene.watching;
  watching.snapshot(orders);
  watching.change([], ['x']);
  watching.fail(new Error('cut'));
  expect((await first).value).toMatchObject({ type: 'snapshot' });
  expect((await events.next()).value).toMatchObject({ type: 'changes' });
  await expect(events.next()).rejects.toThrow('cut');
});

test('W9: a watch that stands is returned as the driver’s own', async () => {
  const scene = new Scene();
  const events = scene.driver.watch('orders', calling())[Symbol.asyncIterator]();
  const first = events.next();
  scene.arrives();
  const watching = await scene.watching;
  watching.snapshot(orders);
  await first;
  await events.return?.();
  expect(watching.isOver).toBe(true);
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('C3: disposed before any call it never loads, and every call is told that it is closed', async () => {
  const scene = new Scene();
  await scene.driver[Symbol.asyncDispose]();
  for (const [, call] of calls) await expect(call(scene.driver)).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(scene.loads).toHaveLength(0);
});

test.each(calls)('C3: disposed while it loads, %s ends at once, and what was loaded is disposed', async (_, call) => {
  const scene = new Scene();
  const pending = call(scene.driver);
  const disposing = scene.driver[Symbol.asyncDispose]();
  await expect(pending).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(scene.methods).toEqual([]);
  scene.arrives();
  await disposing;
  expect(scene.methods).toEqual(['dispose']);
  await expect(call(scene.driver)).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
});

test('C3: disposed while it loads, it is done too when that fails', async () => {
  const scene = new Scene();
  const pending = scene.driver.services(calling());
  const disposing = scene.driver[Symbol.asyncDispose]();
  await expect(pending).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  scene.fails(new Error('broken'));
  await disposing;
  expect(scene.methods).toEqual([]);
});

test('C3: the driver is disposed once, whoever asks', async () => {
  const scene = new Scene();
  const pending = scene.driver.services(calling());
  scene.arrives();
  await pending;
  await Promise.all([scene.driver[Symbol.asyncDispose](), scene.driver[Symbol.asyncDispose]()]);
  expect(scene.methods).toEqual(['services', 'dispose']);
});

test('E3: a call whose code never arrives is bounded like any other, and so is closing', async () => {
  const scene = new Scene();
  const registry = createRegistry(scene.driver, { callTimeoutMs: 20 });
  await expect(registry.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  const read = registry.watch('orders').next();
  await expect(registry.close()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(await read).toMatchObject({ done: true });
});
