import type {
  BackendCapabilities,
  Clock,
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  RegistryDriver,
  ServiceInstance,
} from '@rollcall/core/driver';
import { expect, test } from 'vitest';
import * as memory from '../../../backend-memory/src/index.ts';
import { memoryHarness } from '../../../backend-memory/test/memory-harness.ts';
import { conformance, type TestFunction } from '../../src/conformance.ts';
import type { Harness } from '../../src/harness.ts';
import { programs } from '../../src/model/programs.ts';

/** How far its watch is behind at most. */
const lateMs = 400;

/** A driver that looks now and then, so that its watch is late, also in noticing that the backend is gone. */
class PollingDriver implements RegistryDriver {
  readonly name: string = 'polled memory';
  readonly address: string = 'this process';
  readonly capabilities: BackendCapabilities;
  readonly #driver: RegistryDriver;
  readonly #clock: Clock;

  constructor(driver: RegistryDriver, clock: Clock) {
    this.#driver = driver;
    this.#clock = clock;
    this.capabilities = driver.capabilities;
  }

  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    return this.#driver.register(instance, ttlMs, options);
  }

  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot> {
    return this.#driver.list(service, options);
  }

  services(options: DriverCallOptions): Promise<readonly string[]> {
    return this.#driver.services(options);
  }

  async *watch(service: string, { signal }: DriverCallOptions): AsyncGenerator<DriverEvent, never> {
    for (;;) {
      yield await this.list(service, { signal });
      await this.#pause(signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        timer[Symbol.dispose]();
        reject(signal.reason);
      };
      const timer = this.#clock.schedule(lateMs, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
  }
}

const inTime = memoryHarness(memory);

function polled(watchDelayMs?: number): Harness {
  return {
    ...inTime,
    name: 'polled memory',
    watchDelayMs,
    async open() {
      const world = await inTime.open();
      return {
        ...world,
        connect: async () => {
          const client = await world.connect();
          return { ...client, driver: new PollingDriver(client.driver, world.clock) };
        },
        [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
      };
    },
  };
}

test('W4: a watch that is late fails programs on a clock that is moved by hand, and is told what it was held to', async () => {
  const search = programs(polled(), { numRuns: 20, seed: 1, shrinkMs: 0 });
  await expect(search).rejects.toThrow(
    /^W4: reader \d+ of client \d+ .*, although .* \([A-Z]\d+\)\. On a clock that is moved by hand a watch may be behind by 0 ms\.$/m,
  );
});

test('W4: with a delay that the harness allows it passes them', async () => {
  expect(await programs(polled(1_000), { numRuns: 150, seed: 1 })).toBeUndefined();
  expect(await programs(polled(lateMs), { numRuns: 50, seed: 2 })).toBeUndefined();
  expect(await programs(polled(lateMs), { numRuns: 50, seed: 3, latencyMs: 100 })).toBeUndefined();
});

test('W4: a watch that is later than that fails them all the same', async () => {
  const search = programs(polled(lateMs - 50), { numRuns: 300, seed: 1, shrinkMs: 0 });
  await expect(search).rejects.toThrow(/^W4: .* a watch may be behind by 350 ms\.$/m);
});

test.each([-1, 1_001, Number.NaN, Infinity])('W4: a delay of %s is refused when the suite is set up', async (delay) => {
  const registered: string[] = [];
  const collect: TestFunction = Object.assign((name: string) => void registered.push(name), { skip: () => undefined });
  const expected = `harness.watchDelayMs: expected a number of milliseconds from 0 to 1000 (W4), got ${delay}`;
  expect(() => conformance({ test: collect, harness: polled(delay) })).toThrow(new TypeError(expected));
  expect(registered).toEqual([]);
  await expect(programs(polled(delay))).rejects.toThrow(new TypeError(expected));
});
