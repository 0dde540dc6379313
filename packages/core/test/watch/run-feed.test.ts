import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { RegistryError } from '../../src/errors/registry-error.ts';
import { instance } from './sample-sets.ts';
import { bench, type Bench, cut, failure, follow, type Following, reach } from './watched.ts';

/** A bench with a reader that has read `a1` and `b1`. */
async function reading(random?: () => number): Promise<Bench & { readonly reader: Following }> {
  const on = bench(random);
  const reader = follow(on.registry.watch('orders'));
  on.driver.watching.snapshot(instance('a'), instance('b'));
  await on.clock.advance(0);
  expect(reader.news()).toEqual(['initial live a1 b1: +a1 +b1']);
  return { ...on, reader };
}

const interrupted = (error: unknown): object => ({ type: 'watch-interrupted', service: 'orders', error });
const resumed = (resync: boolean, gapMs: number): object => ({
  type: 'watch-resumed',
  service: 'orders',
  resync,
  gapMs,
});

describe('an outage', () => {
  test('W6: after 1 s, and not before, the same set is told as stale, once', async () => {
    const { clock, driver, reader } = await reading();
    cut(driver);
    await clock.advance(999);
    expect(reader.news()).toEqual([]);
    await clock.advance(1);
    expect(reader.news()).toEqual(['freshness stale a1 b1']);
    await clock.advance(60_000);
    expect(reader.news()).toEqual([]);
    expect(reader.end).toBeUndefined();
  });

  test('W6: once the backend is back the set is live with the exact difference', async () => {
    const { clock, driver, reader } = await reading();
    cut(driver);
    await clock.advance(60_000);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('b', 2), instance('c'));
    await clock.advance(0);
    expect(reader.news()).toEqual(['freshness stale a1 b1', 'resync live b2 c1: +c1 ~b2 -a1']);
    driver.watching.change([], ['c']);
    await clock.advance(0);
    expect(reader.news()).toEqual(['change live b2: -c1']);
  });

  test('W6: back with the same set, only the freshness is told', async () => {
    const { clock, driver, reader } = await reading();
    cut(driver);
    await clock.advance(2_000);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('b'), instance('a'));
    await clock.advance(0);
    expect(reader.news()).toEqual(['freshness stale a1 b1', 'freshness live a1 b1']);
  });

  test('W7: a break that heals within 1 s is not told, unless the set has changed', async () => {
    const { clock, driver, reader } = await reading();
    for (const set of [['a', 'b'], ['a', 'b'], ['c']]) {
      cut(driver);
      await clock.advance(400);
      reach(driver);
      await clock.advance(500);
      driver.watching.snapshot(...set.map((id) => instance(id)));
      await clock.advance(5_000);
    }
    expect(reader.news()).toEqual(['resync live c1: +c1 -a1 -b1']);
  });

  test('W5: for a slow reader an outage that is over and changed nothing has not been', async () => {
    const { clock, driver, registry } = await reading();
    const slow = registry.watch('orders');
    await slow.next();
    cut(driver);
    await clock.advance(2_000);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('a'), instance('b'));
    await clock.advance(0);
    const later = follow(slow);
    await clock.advance(0);
    expect(later.news()).toEqual([]);
    driver.watching.change([instance('c')]);
    await clock.advance(0);
    expect(later.news()).toEqual(['change live a1 b1 c1: +c1']);
  });

  test('W5: for a slow reader a resync goes before a change, and a change before freshness', async () => {
    const { clock, driver, registry } = await reading();
    const [first, second] = [registry.watch('orders'), registry.watch('orders')];
    await Promise.all([first.next(), second.next()]);
    driver.watching.change([instance('c')]);
    cut(driver);
    await clock.advance(2_000);
    const stale = follow(first);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('a'), instance('b'), instance('c'));
    driver.watching.change([instance('d')]);
    await clock.advance(0);
    expect(stale.news()).toEqual([
      'change stale a1 b1 c1: +c1',
      'freshness live a1 b1 c1',
      'change live a1 b1 c1 d1: +d1',
    ]);
    const both = follow(second);
    await clock.advance(0);
    expect(both.news()).toEqual(['resync live a1 b1 c1 d1: +c1 +d1']);
  });

  test('W7: nothing is told before the first good read, and that is an ordinary first snapshot', async () => {
    const { clock, driver, registry } = bench();
    cut(driver);
    const reader = follow(registry.watch('orders'));
    await clock.advance(60_000);
    expect(reader.news()).toEqual([]);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot();
    await clock.advance(0);
    expect(reader.news()).toEqual(['initial live none']);
  });

  test('W6: diagnostics tell an outage once, again when its cause changes, and its end', async () => {
    const { clock, driver, told } = await reading();
    const [gone, refused] = [failure(), failure('REGISTRY_FORBIDDEN')];
    cut(driver, gone);
    await clock.advance(10_000);
    expect(told).toEqual([interrupted(gone)]);
    cut(driver, refused);
    await clock.advance(10_000);
    expect(told).toEqual([interrupted(gone), interrupted(refused)]);
    cut(driver, gone);
    await clock.advance(10_000);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('a'), instance('b'));
    await clock.advance(0);
    expect(told.slice(2)).toEqual([interrupted(gone), resumed(false, 30_500)]);
    cut(driver, gone);
    await clock.advance(100);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('a'));
    await clock.advance(0);
    expect(told.slice(4)).toEqual([interrupted(gone), resumed(true, 600)]);
  });

  test('W4: streams are opened again within 500 ms each, with jitter', () =>
    check(
      fc.asyncProperty(
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        async (draws) => {
          const { clock, driver } = await reading(() => draws.next().value ?? 0);
          const openedAt: number[] = [];
          const error = failure();
          cut(driver, error);
          driver.script.watch = (service, options) => {
            openedAt.push(clock.now());
            const watch = driver.open(service, options);
            if (openedAt.length < 40) watch.fail(error);
            return watch;
          };
          await clock.advance(20_000);
          const bound = (attempt: number): number => Math.min(500, 50 * 2 ** attempt);
          openedAt
            .slice(0, 40)
            .forEach((at, attempt) =>
              expect(at - (openedAt[attempt - 1] ?? 0)).toBeLessThanOrEqual(bound(attempt) + 1e-6),
            );
          expect(openedAt.length).toBeGreaterThanOrEqual(40);
        },
      ),
      { numRuns: 10 },
    ));

  test('W4: the pauses begin anew after a stream that stood for 5 s, not after one that broke at once', async () => {
    const { clock, driver } = await reading();
    /** How long it takes until the next stream is opened, to the millisecond. */
    const untilOpened = async (): Promise<number> => {
      const { length } = driver.watches;
      for (let ms = 0; ms < 1_000; ms += 1) {
        if (driver.watches.length > length) return ms;
        await clock.advance(1);
      }
      return Infinity;
    };
    const pauses: number[] = [];
    for (const standsMs of [100, 100, 100, 100, 100, 4_999, 5_000, 100]) {
      driver.watching.snapshot(instance('a'));
      await clock.advance(standsMs);
      driver.watching.fail(failure());
      pauses.push(await untilOpened());
    }
    expect(pauses).toEqual([25, 50, 100, 200, 250, 250, 25, 50]);
  });

  test('E3: opening a stream is bounded like any call', async () => {
    const { clock, driver, registry, told } = bench();
    const reader = follow(registry.watch('orders'));
    await clock.advance(4_999);
    expect([driver.watches.length, driver.watching.isOver]).toEqual([1, false]);
    await clock.advance(1);
    expect(driver.watching.signal.aborted).toBe(true);
    expect(driver.watching.isOver).toBe(true);
    await clock.advance(500);
    expect(driver.watches).toHaveLength(2);
    driver.watching.snapshot(instance('a'));
    await clock.advance(100_000);
    expect(driver.watches).toHaveLength(2);
    expect(reader.news()).toEqual(['initial live a1: +a1']);
    const [first] = told;
    expect(first?.type === 'watch-interrupted' && String(first.error)).toBe(
      'RegistryError: Could not watch the instances of "orders" (scripted at nowhere:1): no answer within 5000 ms. ' +
        'Check that the backend is up and can be reached from here.',
    );
  });

  test('E3: a stream that ends at its bound in words of its own is out of reach all the same', async () => {
    const { clock, driver, registry } = bench();
    driver.script.watch = (service, options) => {
      const watch = driver.open(service, { signal: new AbortController().signal });
      options.signal.addEventListener('abort', () => watch.fail(new DOMException('cancelled', 'AbortError')));
      return watch;
    };
    const reader = follow(registry.watch('orders'));
    await clock.advance(5_500);
    expect(reader.end).toBeUndefined();
    driver.watching.snapshot(instance('a'));
    await clock.advance(0);
    expect(reader.news()).toEqual(['initial live a1: +a1']);
  });

  test('E3, W7: a driver that ignores its signal is opened anew after the bound, and what it tells later is dropped', async () => {
    const { clock, driver, registry } = bench();
    let emit: (ids: readonly string[]) => void = () => undefined;
    const watch = driver.script.watch.bind(driver.script);
    driver.script.watch = () => {
      driver.script.watch = watch;
      return {
        async *[Symbol.asyncIterator]() {
          const ids = await new Promise<readonly string[]>((resolve) => {
            emit = resolve;
          });
          yield { type: 'snapshot' as const, instances: ids.map((id) => instance(id)) };
        },
      };
    };
    const reader = follow(registry.watch('orders'));
    await clock.advance(5_500);
    expect(driver.callsOf('watch')).toHaveLength(2);
    emit(['late']);
    await clock.advance(0);
    driver.watching.snapshot(instance('a'));
    await clock.advance(0);
    expect(reader.news()).toEqual(['initial live a1: +a1']);
  });

  test('E4: whatever a driver throws, the reader hears of it', async () => {
    const { clock, driver, registry } = bench();
    const reader = follow(registry.watch('orders'));
    driver.watching.fail(Object.create(null));
    await clock.advance(0);
    expect(reader.end).toMatchObject({ error: { code: 'REGISTRY_INTERNAL' } });
  });

  test('W9: a stream that opened with no snapshot is told to stop, also when it cannot be returned', async () => {
    const { clock, driver, registry } = bench();
    let signal: AbortSignal | undefined;
    const value = { type: 'changes' as const, put: [], removedIds: [] };
    driver.script.watch = (_, options) => {
      ({ signal } = options);
      return { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value }) }) };
    };
    const reader = follow(registry.watch('orders'));
    await clock.advance(10);
    expect(reader.end).toMatchObject({ error: { code: 'REGISTRY_INTERNAL' } });
    expect(signal?.aborted).toBe(true);
  });

  test('W6: a stream that ends by itself is an outage like any other', async () => {
    const { clock, driver, reader, told } = await reading();
    driver.watching.end();
    await clock.advance(0);
    const [event] = told;
    expect(event?.type === 'watch-interrupted' && String(event.error)).toBe(
      'RegistryError: Could not go on to watch the instances of "orders" (scripted at nowhere:1): the stream ended.',
    );
    await clock.advance(100);
    driver.watching.snapshot(instance('a'));
    await clock.advance(0);
    expect(reader.news()).toEqual(['resync live a1: -b1']);
  });

  test.each([0, 10, 999, 1_500])('W9: whoever leaves %d ms into an outage leaves nothing behind', async (ms) => {
    const { clock, driver, reader, told } = await reading();
    cut(driver);
    await clock.advance(ms);
    const { length } = driver.watches;
    await reader.watcher.return();
    await clock.advance(0);
    expect(clock.timers).toBe(0);
    await clock.advance(100_000);
    expect(driver.watches).toHaveLength(length);
    expect(told).toHaveLength(1);
  });
});

describe('an end', () => {
  test('W8: REGISTRY_FORBIDDEN before the first good read ends every reader with it', async () => {
    const { clock, driver, registry, told } = bench();
    const error = failure('REGISTRY_FORBIDDEN');
    const readers = [follow(registry.watch('orders')), follow(registry.watch('orders'))];
    driver.watching.fail(error);
    await clock.advance(0);
    expect(readers.map(({ end }) => end)).toEqual([{ error }, { error }]);
    await expect(readers[0]?.watcher.next()).rejects.toBe(error);
    expect(told).toEqual([]);
    expect(clock.timers).toBe(0);
    const later = follow(registry.watch('orders'));
    driver.watching.snapshot(instance('a'));
    await clock.advance(0);
    expect(later.news()).toEqual(['initial live a1: +a1']);
  });

  test('W8: REGISTRY_FORBIDDEN while the first read is still sought ends them too', async () => {
    const { clock, driver, registry } = bench();
    cut(driver);
    const reader = follow(registry.watch('orders'));
    await clock.advance(2_000);
    const error = failure('REGISTRY_FORBIDDEN');
    cut(driver, error);
    await clock.advance(500);
    expect(reader.end).toEqual({ error });
    expect(clock.timers).toBe(0);
  });

  test('W8: REGISTRY_FORBIDDEN later is an outage', async () => {
    const { clock, driver, reader } = await reading();
    cut(driver, failure('REGISTRY_FORBIDDEN'));
    await clock.advance(1_000);
    expect(reader.news()).toEqual(['freshness stale a1 b1']);
    reach(driver);
    await clock.advance(500);
    driver.watching.snapshot(instance('a'));
    await clock.advance(0);
    expect(reader.news()).toEqual(['resync live a1: -b1']);
  });

  test('W8: REGISTRY_UNSUPPORTED ends a watch, also after the first read', async () => {
    const { clock, driver, reader } = await reading();
    const error = failure('REGISTRY_UNSUPPORTED');
    driver.watching.fail(error);
    await clock.advance(0);
    expect(reader.end).toEqual({ error });
    expect(clock.timers).toBe(0);
  });

  test.each([true, false])('W8: a bug of the driver ends it, thrown at once or not: %s', async (isAtOnce) => {
    const { clock, driver, registry } = bench();
    const cause = new TypeError('x is not a function');
    if (isAtOnce)
      driver.script.watch = () => {
        throw cause;
      };
    else cut(driver, cause);
    const reader = registry.watch('orders');
    const error: unknown = await reader.next().catch((thrown: unknown) => thrown);
    await clock.advance(0);
    expect(RegistryError.is(error, 'REGISTRY_INTERNAL') && error.cause).toBe(cause);
    expect(String(error)).toContain('watch the instances of "orders" (scripted at nowhere:1): x is not a function');
    expect(clock.timers).toBe(0);
  });

  test('W8: a stream whose first event is no snapshot is a bug, and is let go', async () => {
    const { clock, driver, reader } = await reading();
    driver.watching.fail(failure());
    await clock.advance(100);
    driver.watching.change([instance('c')]);
    await clock.advance(0);
    expect(reader.end).toMatchObject({
      error: {
        code: 'REGISTRY_INTERNAL',
        message: 'Could not watch the instances of "orders" (scripted at nowhere:1): its first event is no snapshot.',
      },
    });
    expect(reader.news()).toEqual([]);
    expect(driver.watching.isOver).toBe(true);
    expect(clock.timers).toBe(0);
  });
});
