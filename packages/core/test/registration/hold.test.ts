import { expect, test } from 'vitest';
import { RegistryError } from '../../src/errors/registry-error.ts';
import { type ScriptedLease, ScriptedDriver } from '../scripted-driver.ts';
import {
  bench,
  callTimeoutMs,
  failing,
  hanging,
  orders,
  outcomeOf,
  pathOf,
  registered,
  ttlMs,
  holdGrants,
} from './registered.ts';

test('L6: an entry that is gone behind its owner is noticed at the next renewal, told, and registered again at once', async () => {
  const { clock, driver, registration, changes, told } = await registered();
  const former = registration.lease;
  driver.script.renew = (lease) => (lease.id === 'lease-1' ? failing('LEASE_NOT_FOUND')() : Promise.resolve());
  await clock.advance(ttlMs / 3);
  expect(pathOf(changes)).toBe('active>lost lost>active');
  expect(registration.lease).not.toBe(former);
  expect([former.remainingMs, registration.lease.id]).toEqual([0, 'lease-2']);
  expect(told.map(({ type }) => type)).toEqual(['registration-lost', 'reregistered']);
  expect(told[1]).toMatchObject({ attempts: 1, gapMs: 0 });
  await clock.advance(10 * ttlMs);
  expect(registration.state).toBe('active');
});

test('R6: re-registration goes on without end, at once and then with full jitter capped at T/3', async () => {
  const { clock, driver, registration, told } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  const triedAt: number[] = [];
  driver.script.register = async () => {
    triedAt.push(clock.now());
    throw new RegistryError('REGISTRY_UNAVAILABLE', 'down');
  };
  await clock.advance(100 * ttlMs);
  expect(triedAt[0]).toBe(ttlMs / 3);
  const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
  // Jitter is 0.5: half of 100, 200, 400 … up to half of T/3.
  expect(pauses.slice(0, 8)).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
  expect(triedAt.length).toBeGreaterThan(500);
  expect(registration.state).toBe('lost');
  const failures = told.filter((event) => event.type === 'reregistration-failed');
  expect(failures.map(({ attempt }) => attempt)).toEqual(triedAt.map((_, index) => index + 1));
  driver.script.register = async (_, askedMs) => driver.grant(askedMs);
  await clock.advance(ttlMs / 3);
  expect(registration.state).toBe('active');
});

test('R6: an attempt to register again ends by T/2, so that the lease it brings has time left to be renewed in', async () => {
  const shortMs = 1_200; // a bound of a call is nearly as long
  const { clock, driver, registration, changes, told } = await registered({ ttlMs: shortMs });
  driver.script.renew = (lease) => (lease.id === 'lease-1' ? failing('LEASE_NOT_FOUND')() : Promise.resolve());
  driver.script.register = (_, askedMs, { signal }) => {
    const slow = clock.now() + 0.8 * shortMs;
    return new Promise((resolve, reject) => {
      clock.schedule(slow - clock.now(), () => resolve(driver.grant(askedMs)));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };
  await clock.advance(shortMs / 3 + 0.9 * shortMs);
  expect(pathOf(changes)).toBe('active>lost');
  expect(told.at(-1)).toMatchObject({ type: 'reregistration-failed', error: { code: 'REGISTRY_UNAVAILABLE' } });
  driver.script.register = async (_, askedMs) => driver.grant(askedMs);
  await clock.advance(10 * shortMs);
  expect(pathOf(changes)).toBe('active>lost lost>active');
  expect(registration.state).toBe('active');
});

test('R6: re-registration asks to be rejected, as the same owner, and closes when somebody else has taken the entry', async () => {
  const { clock, driver, registration, changes } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  driver.script.register = failing('INSTANCE_ALREADY_REGISTERED');
  await clock.advance(ttlMs / 3);
  expect(pathOf(changes)).toBe('active>lost lost>closed');
  const { cause } = await registration.closed;
  expect(cause).toMatchObject({ code: 'LEASE_SUPERSEDED', cause: { code: 'INSTANCE_ALREADY_REGISTERED' } });
  const [first, again] = driver.callsOf('register').map(({ given }) => given[2]);
  expect([first?.onConflict, again?.onConflict]).toEqual(['replace', 'reject']);
  expect(again?.owner).toBe(first?.owner);
});

test('R6: with onLost close the registration closes at the loss, by way of lost, with the loss as its cause', async () => {
  const { clock, driver, registration, changes } = await registered({ onLost: 'close' });
  driver.script.renew = failing('LEASE_NOT_FOUND');
  await clock.advance(ttlMs / 3);
  expect(pathOf(changes)).toBe('active>lost lost>closed');
  expect(await registration.closed).toMatchObject({ cause: { code: 'LEASE_NOT_FOUND' } });
  expect(driver.callsOf('register')).toHaveLength(1);
});

test('R3: a superseded owner is closed at once, told once, and has nothing to deregister', async () => {
  const { clock, driver, registration, changes, told } = await registered();
  driver.script.renew = failing('LEASE_SUPERSEDED');
  await clock.advance(ttlMs / 3);
  expect(pathOf(changes)).toBe('active>closed');
  expect(told.map(({ type }) => type)).toEqual(['registration-lost']);
  await registration.close();
  expect(driver.callsOf('revoke')).toHaveLength(0);
});

test('R2: the next attempt to register again starts only when the former has settled', async () => {
  const { clock, driver } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  let settle: () => void = () => undefined;
  let attempts = 0;
  driver.script.register = () => {
    attempts += 1;
    return new Promise((_, reject) => {
      settle = () => reject(new RegistryError('REGISTRY_UNAVAILABLE', 'at last')); // ignores its signal
    });
  };
  await clock.advance(3 * ttlMs);
  expect(attempts).toBe(1);
  settle();
  await clock.advance(ttlMs / 3);
  expect(attempts).toBe(2);
});

test('R7: an owner who closes from within onStateChange is obeyed: no re-registration starts', async () => {
  const on = bench();
  const { clock, driver, registration } = await registered(
    {
      onStateChange: ({ to }) => {
        if (to === 'lost') void registration.close();
      },
    },
    on,
  );
  driver.script.renew = failing('LEASE_NOT_FOUND');
  await clock.advance(ttlMs);
  expect(registration.state).toBe('closed');
  expect(driver.callsOf('register')).toHaveLength(1);
});

test('R7: an owner who closes while its loss is told with onLost close ends it once, as its own doing', async () => {
  const on = bench();
  const { clock, driver, registration } = await registered(
    {
      onLost: 'close',
      onStateChange: ({ to }) => {
        if (to === 'lost') void registration.close();
      },
    },
    on,
  );
  driver.script.renew = failing('LEASE_NOT_FOUND');
  await clock.advance(ttlMs / 3);
  expect(await registration.closed).toEqual({});
});

test('R7: close is synchronous: closed, no renewal, signal aborted, before its promise settles', async () => {
  const { clock, driver, registration, changes } = await registered();
  driver.script.revoke = (_, options) => hanging(options);
  const closing = outcomeOf(registration.close());
  expect([registration.state, registration.lease.signal.aborted]).toEqual(['closed', true]);
  expect(pathOf(changes)).toBe('active>closed');
  expect(await registration.closed).toEqual({});
  await clock.advance(ttlMs);
  expect(driver.callsOf('renew')).toHaveLength(0);
  expect(closing.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('R7: all callers share one deregistration; when it failed, the next caller starts another', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.revoke = failing('REGISTRY_UNAVAILABLE');
  const both = await Promise.allSettled([registration.close(), registration.close()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(driver.callsOf('revoke')).toHaveLength(1);
  driver.script.revoke = async () => undefined;
  await registration[Symbol.asyncDispose]();
  await registration.close();
  expect(driver.callsOf('revoke')).toHaveLength(2);
  await clock.advance(0);
});

test.each(['LEASE_NOT_FOUND', 'LEASE_SUPERSEDED'] as const)(
  'R7: a deregistration that finds nothing of its own any more (%s) has succeeded',
  async (code) => {
    const { driver, registration } = await registered();
    driver.script.revoke = failing(code);
    await expect(registration.close()).resolves.toBeUndefined();
  },
);

test('R7: a re-registration under way at close is never cut short: what it is granted is revoked, and close waits for that', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  const grant = holdGrants(driver);
  await clock.advance(ttlMs / 3);
  const [, again] = driver.callsOf('register');
  const closing = outcomeOf(registration.close());
  await clock.advance(10);
  expect(again?.given[2].signal.aborted).toBe(false);
  expect(closing).toEqual({});
  grant();
  await clock.advance(0);
  expect(closing).toEqual({ value: undefined });
  expect(driver.callsOf('revoke').map(({ given }) => given[0].id)).toEqual(['lease-1', 'lease-2']);
  expect(registration.state).toBe('closed');
});

test('R7: a deregistration that fails at once still waits for the re-registration under way, so that nothing comes behind it', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  const grant = holdGrants(driver);
  await clock.advance(ttlMs / 3);
  driver.script.revoke = failing('REGISTRY_UNAVAILABLE');
  const closing = outcomeOf(registration.close());
  await clock.advance(10);
  expect(closing).toEqual({});
  driver.script.revoke = async () => undefined;
  grant();
  await clock.advance(0);
  expect(closing.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('R7, E3: close does not wait longer than one call for a register that does not settle; it is still revoked later', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  const grant = holdGrants(driver);
  await clock.advance(ttlMs / 3);
  const closing = outcomeOf(registration.close());
  await clock.advance(callTimeoutMs);
  expect(closing.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  grant();
  await clock.advance(0);
  expect(driver.callsOf('revoke').map(({ given }) => given[0].id)).toEqual(['lease-1', 'lease-2']);
});

test('C1: an aborted signal ends one wait for close, not the deregistration', async () => {
  const { clock, driver, registration } = await registered();
  let answer: () => void = () => undefined;
  driver.script.revoke = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const controller = new AbortController();
  const waiting = outcomeOf(registration.close({ signal: controller.signal }));
  const other = outcomeOf(registration.close());
  controller.abort(new Error('enough'));
  await clock.advance(0);
  expect(waiting.error).toMatchObject({ message: 'enough' });
  answer();
  await clock.advance(0);
  expect(other).toEqual({ value: undefined });
});

test('C1: close with a signal that was aborted beforehand does nothing', async () => {
  const { registration } = await registered();
  await expect(registration.close({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  expect(registration.state).toBe('active');
});

test('R2: what a driver grants after the attempt was given up is revoked, again and again until that is answered', async () => {
  const on = bench();
  const { clock, driver, registry } = on;
  const grant = holdGrants(driver);
  driver.script.revoke = failing('REGISTRY_UNAVAILABLE');
  const controller = new AbortController();
  const registering = outcomeOf(registry.register(orders, { ttlMs, signal: controller.signal }));
  await clock.advance(10);
  controller.abort(new Error('changed my mind'));
  await clock.advance(0);
  expect(registering.error).toMatchObject({ message: 'changed my mind' });
  expect(driver.callsOf('register')[0]?.given[2].signal.aborted).toBe(false);
  grant();
  await clock.advance(500);
  expect(driver.callsOf('revoke').length).toBeGreaterThan(2);
  driver.script.revoke = async () => undefined;
  await clock.advance(ttlMs / 3);
  const answered = driver.callsOf('revoke').length;
  await clock.advance(2 * ttlMs);
  expect(driver.callsOf('revoke')).toHaveLength(answered);
  expect(on.told).toEqual([]);
});

test('R2: a removal that is never answered is given up when the TTL has done it, and reported', async () => {
  const on = bench(new ScriptedDriver());
  const { clock, driver, registry } = on;
  driver.script.register = async (_, askedMs) => {
    await new Promise<void>((resolve) => void clock.schedule(2 * ttlMs, resolve));
    return driver.grant(askedMs);
  };
  driver.script.revoke = failing('REGISTRY_UNAVAILABLE');
  const registering = outcomeOf(registry.register(orders, { ttlMs }));
  await clock.advance(callTimeoutMs);
  expect(registering.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  await clock.advance(2 * ttlMs);
  expect(on.told).toEqual([]);
  await clock.advance(2 * ttlMs);
  expect(on.told).toMatchObject([{ type: 'deregistration-failed', service: 'orders', id: 'a' }]);
});

test('R1: an answer later than T after the call was sent counts as a failure, and what it wrote is revoked', async () => {
  const on = bench();
  const { clock, driver, registry } = on;
  driver.script.register = async (_, askedMs) => {
    await new Promise<void>((resolve) => void clock.schedule(600, resolve));
    return driver.grant(askedMs);
  };
  const registering = outcomeOf(registry.register(orders, { ttlMs: 500 }));
  await clock.advance(600);
  expect(registering.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(String(registering.error)).toContain('600 ms');
  const revoked = driver.callsOf('revoke').map(({ given }) => given[0]);
  expect(revoked).toEqual<ScriptedLease[]>(driver.leases);
});
