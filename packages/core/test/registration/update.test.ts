import { expect, test, vi } from 'vitest';
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
  holdGrants,
} from './registered.ts';

/** An `update` of the driver's that is answered by hand. */
function held(): { readonly answer: () => void; readonly script: () => Promise<void> } {
  const waiting: (() => void)[] = [];
  return { answer: () => waiting.shift()?.(), script: () => new Promise((resolve) => waiting.push(resolve)) };
}

test('R5: the patch takes effect on registration.instance at the call, and the promise resolves when the backend holds it', async () => {
  const { clock, driver, registration } = await registered();
  const { answer, script } = held();
  driver.script.update = script;
  const updating = outcomeOf(registration.update({ weight: 7 }));
  expect(registration.instance.weight).toBe(7);
  await clock.advance(0);
  expect(updating).toEqual({});
  answer();
  await clock.advance(0);
  expect(updating).toEqual({ value: undefined });
});

test('R5: an update that the backend holds within the turn costs no timer', async () => {
  const { clock, driver, registration } = await registered();
  const schedule = vi.spyOn(clock, 'schedule');
  await registration.update({ weight: 7 });
  expect(driver.callsOf('update')).toHaveLength(1);
  expect(schedule).not.toHaveBeenCalled();
});

test('R5: one write at a time, always of the newest: updates that wait become one', async () => {
  const { clock, driver, registration } = await registered();
  const { answer, script } = held();
  driver.script.update = script;
  const updates = [1, 2, 3].map((weight) => outcomeOf(registration.update({ weight })));
  await clock.advance(0);
  expect(driver.callsOf('update').map(({ given }) => given[1].weight)).toEqual([1]);
  answer();
  await clock.advance(0);
  expect(driver.callsOf('update').map(({ given }) => given[1].weight)).toEqual([1, 3]);
  expect(updates).toEqual([{ value: undefined }, {}, {}]);
  answer();
  await clock.advance(0);
  expect(updates).toEqual([{ value: undefined }, { value: undefined }, { value: undefined }]);
});

test('R5: a failure ends the wait, not the change: it is written again with each renewal until the backend holds it', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.update = failing('REGISTRY_UNAVAILABLE');
  await expect(registration.update({ weight: 7 })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(registration.instance.weight).toBe(7);
  await clock.advance(ttlMs);
  expect(driver.callsOf('update')).toHaveLength(4);
  driver.script.update = async () => undefined;
  await clock.advance(ttlMs);
  expect(driver.callsOf('update')).toHaveLength(5);
  expect(driver.callsOf('update').at(-1)?.given[1].weight).toBe(7);
});

test('E1, L6: a driver whose update throws at once, and gives no promise, fails it like any other', async () => {
  const bug = await registered();
  const cause = new TypeError('x is not a function');
  bug.driver.script.update = () => {
    throw cause;
  };
  const updating = outcomeOf(bug.registration.update({ weight: 7 }));
  await bug.clock.advance(0);
  expect(updating.error).toMatchObject({ code: 'REGISTRY_INTERNAL', cause });
  const over = await registered();
  over.driver.script.update = () => {
    throw new RegistryError('LEASE_SUPERSEDED', 'taken');
  };
  const ended = outcomeOf(over.registration.update({ weight: 7 }));
  await over.clock.advance(0);
  expect(ended.error).toMatchObject({ code: 'LEASE_NOT_FOUND', cause: { code: 'LEASE_SUPERSEDED' } });
});

test('R5: when a write fails, those who waited for a newer one get a try of their own', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.update = failing('REGISTRY_FORBIDDEN');
  const first = outcomeOf(registration.update({ weight: 1 }));
  const second = outcomeOf(registration.update({ weight: 2 }));
  await clock.advance(0);
  expect([first.error, second.error]).toMatchObject([{ code: 'REGISTRY_FORBIDDEN' }, { code: 'REGISTRY_FORBIDDEN' }]);
  expect(driver.callsOf('update')).toHaveLength(2);
});

test('R5, E3: a caller waits for callTimeoutMs at most, also behind the write of another', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.update = (_lease, _instance, options) => hanging(options);
  const first = outcomeOf(registration.update({ weight: 1 }));
  await clock.advance(callTimeoutMs / 2);
  const second = outcomeOf(registration.update({ weight: 2 }));
  await clock.advance(callTimeoutMs / 2);
  expect(first.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(second).toEqual({});
  await clock.advance(callTimeoutMs / 2);
  expect(second.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('E3: the bound on an update counts from when its write has left the queue', async () => {
  const on = bench();
  const { clock, driver, registration } = await registered({}, on);
  driver.script.list = (_, options) => hanging(options);
  driver.script.update = (_lease, _instance, options) => hanging(options);
  for (let count = 0; count < 256; count += 1) outcomeOf(on.registry.list('orders'));
  await clock.advance(callTimeoutMs / 2);
  const updating = outcomeOf(registration.update({ weight: 1 }));
  await clock.advance(callTimeoutMs / 2);
  expect(driver.callsOf('update')).toHaveLength(1);
  await clock.advance(callTimeoutMs - 1);
  expect(updating).toEqual({});
  await clock.advance(1);
  expect(updating.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('E3: an update whose write waits longer than a bound for its place is not given up meanwhile', async () => {
  const on = bench();
  const { clock, driver, registration } = await registered({}, on);
  driver.script.list = (_, options) => hanging(options);
  for (let count = 0; count < 512; count += 1) outcomeOf(on.registry.list('orders'));
  await clock.advance(10);
  const updating = outcomeOf(registration.update({ weight: 1 }));
  await clock.advance(2 * callTimeoutMs - 11);
  expect([updating, driver.callsOf('update').length]).toEqual([{}, 0]);
  await clock.advance(1);
  expect(updating).toEqual({ value: undefined });
});

test('C1: an aborted signal ends the wait for an update, not the change', async () => {
  const { clock, driver, registration } = await registered();
  const { answer, script } = held();
  driver.script.update = script;
  const controller = new AbortController();
  const updating = outcomeOf(registration.update({ weight: 7 }, { signal: controller.signal }));
  controller.abort(new Error('enough'));
  await clock.advance(0);
  expect(updating.error).toMatchObject({ message: 'enough' });
  answer();
  await clock.advance(ttlMs);
  expect(registration.instance.weight).toBe(7);
  expect(driver.callsOf('update')).toHaveLength(1);
});

test('C1: an update with a signal that was aborted beforehand changes nothing', async () => {
  const { driver, registration } = await registered();
  const options = { signal: AbortSignal.abort(new Error('before')) };
  await expect(registration.update({ weight: 7 }, options)).rejects.toThrow('before');
  expect(registration.instance.weight).toBe(100);
  expect(driver.callsOf('update')).toEqual([]);
});

test('R5: an update that changes nothing is held already', async () => {
  const { driver, registration } = await registered();
  await registration.update({ weight: 100 });
  expect(driver.callsOf('update')).toEqual([]);
});

test('R5: while lost, the wait ends when re-registration has written the newest', async () => {
  const { clock, driver, registration, changes } = await registered();
  driver.script.renew = (lease) => (lease.id === 'lease-1' ? failing('LEASE_NOT_FOUND')() : Promise.resolve());
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  await clock.advance(ttlMs / 3);
  const updating = outcomeOf(registration.update({ weight: 7 }));
  driver.script.register = async (_, askedMs) => driver.grant(askedMs);
  await clock.advance(callTimeoutMs - 1);
  expect(pathOf(changes)).toBe('active>lost lost>active');
  expect(updating).toEqual({ value: undefined });
  expect(driver.callsOf('register').at(-1)?.given[0].weight).toBe(7);
  expect(driver.callsOf('update')).toEqual([]);
});

test('R5: while lost and out of reach, the wait ends after the bound, and the change is registered later', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.renew = failing('LEASE_NOT_FOUND');
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  await clock.advance(ttlMs / 3);
  const updating = outcomeOf(registration.update({ weight: 7 }));
  await clock.advance(callTimeoutMs);
  expect(updating.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  driver.script.register = async (_, askedMs) => driver.grant(askedMs);
  await clock.advance(ttlMs / 3);
  expect(driver.callsOf('register').at(-1)?.given[0].weight).toBe(7);
});

test('R5: what was changed while a re-registration was under way is written after it', async () => {
  const { clock, driver, registration } = await registered();
  driver.script.renew = (lease) => (lease.id === 'lease-1' ? failing('LEASE_NOT_FOUND')() : Promise.resolve());
  const grant = holdGrants(driver);
  await clock.advance(ttlMs / 3);
  const updating = outcomeOf(registration.update({ weight: 7 }));
  grant();
  await clock.advance(0);
  expect(driver.callsOf('update').map(({ given }) => [given[0].id, given[1].weight])).toEqual([['lease-2', 7]]);
  expect(updating).toEqual({ value: undefined });
});

test('L6: a write that finds the entry gone is the loss; one that finds a newcomer is the end', async () => {
  const lost = await registered();
  lost.driver.script.update = failing('LEASE_NOT_FOUND');
  await lost.registration.update({ weight: 7 });
  expect(pathOf(lost.changes)).toBe('active>lost lost>active');
  const over = await registered();
  over.driver.script.update = failing('LEASE_SUPERSEDED');
  await expect(over.registration.update({ weight: 7 })).rejects.toMatchObject({
    code: 'LEASE_NOT_FOUND',
    cause: { code: 'LEASE_SUPERSEDED' },
  });
  expect(pathOf(over.changes)).toBe('active>closed');
});

test('R5: on a closed registration an update rejects with LEASE_NOT_FOUND; on a closed registry with REGISTRY_CLOSED', async () => {
  const on = bench();
  const { registration } = await registered({}, on);
  await registration.close();
  const closed = registration.update({ weight: 7 });
  await expect(closed).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
  await on.registry.close();
  await expect(registration.update({ weight: 7 })).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
});

test('R7: an update under way when the owner closes rejects, and its late answer harms nobody', async () => {
  const { clock, driver, registration } = await registered();
  const { answer, script } = held();
  driver.script.update = script;
  const updating = outcomeOf(registration.update({ weight: 7 }));
  await registration.close();
  expect(updating.error).toMatchObject({ code: 'LEASE_NOT_FOUND' });
  answer();
  await clock.advance(0);
});

test('I6: a bad patch is a TypeError, and the instance stays as it is', async () => {
  const { driver, registration } = await registered();
  await expect(registration.update({ weight: -1 })).rejects.toThrow(/weight/);
  await expect(registration.update({}, { sginal: 1 } as never)).rejects.toThrow(/options\.sginal/);
  expect(registration.instance.weight).toBe(100);
  expect(driver.callsOf('update')).toEqual([]);
});
