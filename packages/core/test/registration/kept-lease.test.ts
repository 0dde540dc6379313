import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { RegistryError } from '../../src/errors/registry-error.ts';
import {
  bench,
  callTimeoutMs,
  failing,
  hanging,
  outcomeOf,
  pathOf,
  registered,
  ttlMs,
  seededRandom,
} from './registered.ts';

test('L4: an owner renews every T/3 from the send of the last renewal, however long it runs', async () => {
  const { clock, driver, registration } = await registered();
  const sentAt: number[] = [];
  driver.script.renew = async () => {
    sentAt.push(clock.now());
  };
  await clock.advance(10 * ttlMs);
  expect(sentAt).toEqual(Array.from({ length: 30 }, (_, index) => ((index + 1) * ttlMs) / 3));
  expect(registration.state).toBe('active');
});

test('L5: lease.remainingMs counts from before the last good renewal was sent', async () => {
  const on = bench();
  on.driver.script.register = async (_, askedMs) => {
    await on.clock.advance(0);
    return on.driver.grant(askedMs);
  };
  const { clock, driver, registration } = await registered({}, on);
  expect(registration.lease.remainingMs).toBe(ttlMs);
  let answer: () => void = () => undefined;
  driver.script.renew = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  await clock.advance(ttlMs / 3 + 500);
  expect(registration.lease.remainingMs).toBe((2 * ttlMs) / 3 - 500);
  answer();
  await clock.advance(0);
  expect(registration.lease.remainingMs).toBe(ttlMs - 500);
});

test('L4: an attempt that gets no answer is ended by its bound, and the next one mends it', async () => {
  const { clock, driver, registration, changes, told } = await registered();
  const signals: AbortSignal[] = [];
  driver.script.renew = (_, options) => {
    signals.push(options.signal);
    return hanging(options);
  };
  await clock.advance(ttlMs / 3 + callTimeoutMs);
  expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  expect(registration.state).toBe('suspect');
  expect(told).toMatchObject([
    { type: 'renewal-failed', service: 'orders', id: 'a', error: { code: 'REGISTRY_UNAVAILABLE' } },
  ]);
  driver.script.renew = async () => undefined;
  await clock.advance(ttlMs / 12);
  expect(pathOf(changes)).toBe('active>suspect suspect>active');
});

test('L5: at T after the last acknowledged send the registration is lost, not sooner and not later, and told once', async () => {
  const { clock, driver, registration, changes, told } = await registered();
  driver.script.renew = failing('REGISTRY_UNAVAILABLE');
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  const { lease } = registration;
  await clock.advance(ttlMs - 1);
  expect([registration.state, lease.remainingMs, lease.signal.aborted]).toEqual(['suspect', 1, false]);
  await clock.advance(1);
  expect([registration.state, lease.remainingMs, lease.signal.aborted]).toEqual(['lost', 0, true]);
  await clock.advance(5 * ttlMs);
  expect(pathOf(changes)).toBe('active>suspect suspect>lost');
  const lost = told.filter((event) => event.type === 'registration-lost');
  expect(lost).toMatchObject([{ service: 'orders', id: 'a', cause: { code: 'LEASE_NOT_FOUND' } }]);
  expect(RegistryError.is(changes[1]?.cause, 'LEASE_NOT_FOUND')).toBe(true);
});

test('L5: a process that was suspended past the deadline wakes up to one loss, and a late answer brings nothing back', async () => {
  const { clock, driver, registration, changes } = await registered();
  let answer: () => void = () => undefined;
  driver.script.renew = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  await clock.advance(ttlMs / 3);
  const now = clock.now();
  clock.now = () => now + 2 * ttlMs; // the clock went on while the process slept; no timer has run yet
  answer();
  await Promise.resolve();
  await Promise.resolve();
  expect(registration.state).toBe('lost');
  expect(pathOf(changes)).toBe('active>lost');
});

test('L5: a refusal that comes after the deadline, before any timer has run, is the loss too', async () => {
  const { clock, driver, registration } = await registered({ onLost: 'close' });
  let refuse: (error: unknown) => void = () => undefined;
  driver.script.renew = () =>
    new Promise((_, reject) => {
      refuse = reject;
    });
  await clock.advance(ttlMs / 3);
  const now = clock.now();
  clock.now = () => now + 2 * ttlMs;
  refuse(new Error('too late'));
  const { cause } = await registration.closed;
  expect(RegistryError.is(cause, 'LEASE_NOT_FOUND')).toBe(true);
});

test('L4: a driver that throws instead of rejecting has failed like any other', async () => {
  const { clock, driver, registration, told } = await registered();
  driver.script.renew = () => {
    throw new TypeError('a bug');
  };
  await clock.advance(ttlMs / 3);
  expect(registration.state).toBe('suspect');
  expect(told).toMatchObject([{ type: 'renewal-failed', error: { code: 'REGISTRY_INTERNAL' } }]);
});

test('L8: lease.signal aborts before onStateChange tells, with the cause, and never earlier', async () => {
  const seen: boolean[] = [];
  const on = bench();
  const { clock, driver, registration } = await registered(
    { onLost: 'close', onStateChange: () => seen.push(registration.lease.signal.aborted) },
    on,
  );
  expect(registration.lease.signal.aborted).toBe(false);
  driver.script.renew = failing('LEASE_NOT_FOUND');
  await clock.advance(ttlMs / 3);
  expect(seen).toEqual([true, true]);
  expect(registration.lease.signal.reason).toMatchObject({ code: 'LEASE_NOT_FOUND' });
});

test('L8: a signal first looked at after the end is aborted, and tells why', async () => {
  const { registration } = await registered();
  await registration.close();
  expect(registration.lease.signal.aborted).toBe(true);
  expect(registration.lease.signal.reason).toMatchObject({ code: 'LEASE_NOT_FOUND' });
});

test('L7: what onStateChange throws, at once or later, goes to diagnostics and changes nothing', async () => {
  const on = bench();
  await registered(
    {
      onStateChange: ({ to }) => {
        if (to === 'suspect') throw new Error('at once');
        return Promise.reject(new Error('later')) as unknown as undefined;
      },
    },
    on,
  );
  on.driver.script.renew = failing('REGISTRY_UNAVAILABLE');
  await on.clock.advance(ttlMs / 3);
  on.driver.script.renew = async () => undefined;
  await on.clock.advance(ttlMs / 12);
  const failures = on.told.filter((event) => event.type === 'callback-failed');
  expect(failures).toMatchObject([{ error: { message: 'at once' } }, { error: { message: 'later' } }]);
});

// What the backend does with one attempt: answers after a while, refuses after a while, or never answers.
const anyAnswer = fc.record({
  kind: fc.constantFrom<'good' | 'bad' | 'silent'>('good', 'bad', 'silent'),
  afterMs: fc.integer({ min: 0, max: ttlMs }),
});

test('L4, L5: whatever each attempt meets, there is one at a time, within its bound, none beyond the deadline, and the loss comes exactly at it', () =>
  check(
    fc.asyncProperty(fc.array(anyAnswer, { minLength: 1, maxLength: 30 }), fc.integer(), async (answers, seed) => {
      const on = bench(undefined, seededRandom(seed));
      const { clock, driver, registration, changes } = await registered({ onLost: 'close' }, on);
      let believedUntil = clock.now() + ttlMs;
      let inFlight = 0;
      let overrunMs = 0;
      const script = answers.values();
      driver.script.renew = (_, { signal }) => {
        const { kind, afterMs } = script.next().value ?? { kind: 'good', afterMs: 0 };
        const sentAt = clock.now();
        const boundMs = Math.min(ttlMs / 6, callTimeoutMs);
        inFlight += 1;
        expect(inFlight).toBe(1);
        expect(sentAt).toBeLessThan(believedUntil);
        return new Promise<void>((resolve, reject) => {
          const over = (settle: () => void): void => {
            inFlight -= 1;
            signal.removeEventListener('abort', abort);
            timer?.[Symbol.dispose]();
            overrunMs = Math.max(overrunMs, clock.now() - Math.min(sentAt + boundMs, believedUntil));
            settle();
          };
          const answer = (): void => {
            if (kind === 'bad') return over(() => reject(new RegistryError('REGISTRY_UNAVAILABLE', 'bad')));
            over(resolve);
            believedUntil = sentAt + ttlMs;
          };
          const abort = (): void => over(() => reject(signal.reason));
          const timer = kind === 'silent' ? undefined : clock.schedule(afterMs, answer);
          signal.addEventListener('abort', abort);
        });
      };
      const isClosed = (): boolean => registration.state === 'closed';
      while (!isClosed() && clock.now() < 8 * ttlMs) {
        await clock.advance(250);
        expect(isClosed()).toBe(clock.now() >= believedUntil);
      }
      expect(overrunMs).toBeLessThan(1e-6);
      expect(changes.filter(({ to }) => to === 'lost').length).toBe(isClosed() ? 1 : 0);
    }),
    { numRuns: 200 },
  ));

test('E3: with every place taken, a renewal goes before everything that waited longer', async () => {
  const on = bench();
  const { clock, driver, registration } = await registered({}, on);
  driver.script.list = (_, options) => hanging(options);
  const order: string[] = [];
  driver.script.renew = async () => {
    order.push('renew');
  };
  await clock.advance(ttlMs / 3 - 100);
  for (let count = 0; count < 300; count += 1) outcomeOf(on.registry.list('orders'));
  expect(driver.callsOf('list')).toHaveLength(256);
  await clock.advance(100);
  expect(order).toEqual([]);
  await clock.advance(callTimeoutMs);
  expect(order).toEqual(['renew']);
  expect(driver.callsOf('list')).toHaveLength(256 + 44);
  expect(registration.state).toBe('active');
});

test('L5: a lease that is given up while its renewal waits for a place leaves the queue', async () => {
  const on = bench();
  const { clock, driver, registration } = await registered({}, on);
  driver.script.list = (_, options) => hanging(options);
  await clock.advance(ttlMs / 3 - 100);
  const lists = Array.from({ length: 300 }, () => outcomeOf(on.registry.list('orders')));
  await clock.advance(100);
  const closing = registration.close();
  await clock.advance(2 * callTimeoutMs);
  await closing;
  expect(driver.callsOf('renew')).toHaveLength(0);
  expect(lists.every(({ error }) => RegistryError.is(error, 'REGISTRY_UNAVAILABLE'))).toBe(true);
});
