import { status } from '@grpc/grpc-js';
import {
  type BalancerDiagnosticEvent,
  canary,
  type Candidate,
  consistentHash,
  peakEwma,
  type Picker,
  type Policy,
  roundRobin,
  weightedRoundRobin,
} from '@rollcall/balancer';
import { openGrpcResolver } from '@rollcall/grpc';
import { freePort, poll } from '@rollcall/testing-servers';
import { describe, expect, test } from 'vitest';
import { balancedBy, Caller, deferred, greeter } from '../greeter.ts';
import { openScene } from '../scene.ts';

const target = 'rollcall:///orders';

describe('shares', () => {
  test('follow the weights, and their changes', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    await scene.offer(a, { weight: 30 });
    const registration = await scene.offer(b, { weight: 10 });
    using _ = openGrpcResolver({ cache: scene.cache, policy: weightedRoundRobin() });
    using caller = new Caller(target);
    await poll(async () => Object.keys(await caller.tally(8)).length === 2 || undefined, { what: 'both are called' });
    expect(await caller.tally(400)).toEqual({ a: expect.closeTo(300, -1), b: expect.closeTo(100, -1) });
    await registration.update({ weight: 90 });
    await expect.poll(() => caller.tally(400)).toEqual({ a: expect.closeTo(100, -1), b: expect.closeTo(300, -1) });
  });

  test('are those of any policy, such as roundRobin', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    await scene.offer(a, { weight: 30 });
    await scene.offer(b, { weight: 10 });
    using _ = openGrpcResolver({ cache: scene.cache, policy: roundRobin() });
    using caller = new Caller(target);
    await expect.poll(() => caller.tally(10)).toEqual({ a: 5, b: 5 });
  });

  test('of a slow instance are small with the default policy, which counts the calls under way', async () => {
    await using scene = openScene();
    const slow = deferred<string>();
    await using a = await greeter('a', () => slow.promise);
    await using b = await greeter('b');
    await scene.offer(a);
    await scene.offer(b);
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller(target);
    const sent: Promise<string>[] = [];
    await poll(() => a.taken > 0 || void sent.push(caller.greet()), { what: 'the slow one is called' });
    await poll(() => a.taken + b.taken === sent.length || undefined, { what: 'all have begun' });
    const { taken } = a;
    for (let call = 0; call < 40; call += 1) expect(await caller.greet()).toBe('b');
    expect(a.taken).toBe(taken);
    slow.resolve('a');
    await Promise.all(sent);
  });
});

describe('a policy is told', () => {
  test('the key of a call, from its metadata', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    await scene.offer(a);
    await scene.offer(b);
    using _ = openGrpcResolver({
      cache: scene.cache,
      policy: consistentHash({ loadBound: Infinity }),
      keyMetadata: 'x-user',
    });
    using caller = new Caller(target);
    const of = (user: string): Promise<object> => caller.tally(20, { metadata: { 'x-user': user } });
    await poll(async () => (a.taken > 0 && b.taken > 0) || void (await of(String(a.taken + b.taken))), {
      what: 'both are called',
    });
    for (const user of ['ada', 'bob', 'cyd', 'dan']) expect(Object.keys(await of(user))).toHaveLength(1);
    await expect(caller.greet()).rejects.toMatchObject({
      code: status.INTERNAL,
      details: expect.stringContaining('No instance of orders could be picked: context.key: expected a string'),
    });
  });

  test('the headers of a call, and the newest records', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    await scene.offer(a);
    const registration = await scene.offer(b);
    const policy = canary({
      is: ({ version }) => version === '2',
      share: 0,
      header: 'x-canary',
      policy: roundRobin(),
    });
    using _ = openGrpcResolver({ cache: scene.cache, policy });
    using caller = new Caller(target);
    await expect.poll(() => caller.tally(4)).toEqual({ a: 2, b: 2 });
    // Nothing but the version changes.
    await registration.update({ version: '2' });
    await expect.poll(() => caller.tally(4)).toEqual({ a: 4 });
    expect(await caller.tally(4, { metadata: { 'x-canary': 'always' } })).toEqual({ b: 4 });
  });

  test('of every call that began that it has ended, also of those that were cancelled or failed, and of none else', async () => {
    await using scene = openScene();
    const held = deferred<string>();
    await using a = await greeter('a', (name) => {
      if (name === 'fail') return Promise.reject(new Error('no'));
      return name === 'wait' ? held.promise : 'a';
    });
    await scene.offer(a);
    const told: string[] = [];
    using _ = openGrpcResolver({ cache: scene.cache, policy: seenIn(told), ejection: 'off' });
    using caller = new Caller(target);
    await caller.greet();
    await expect(caller.greet('fail')).rejects.toMatchObject({ code: status.UNKNOWN });
    await expect(caller.greet('wait', { withinMs: 200 })).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    // Picked, and given up before it begins.
    await caller.cancelled();
    await caller.greet();
    expect(told).toEqual([
      'acquired a 1',
      'done a 0 success',
      'acquired a 1',
      'done a 0 failure',
      'acquired a 1',
      'done a 0 failure',
      'acquired a 1',
      'done a 0 success',
    ]);
  });

  test('how long calls take', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b', () => new Promise((resolve) => setTimeout(() => resolve('b'), 100)));
    await scene.offer(a);
    await scene.offer(b);
    using _ = openGrpcResolver({ cache: scene.cache, policy: peakEwma() });
    using caller = new Caller(target);
    await poll(() => b.taken > 0 || void caller.greet(), { what: 'the slow one has been called' });
    const { a: fast = 0 } = await caller.tally(100);
    expect(fast).toBeGreaterThan(80);
  });
});

describe('an instance to which calls fail', () => {
  test('is left out for a while, and it is told', async () => {
    await using scene = openScene();
    await using a = await greeter('a', () => Promise.reject(new Error('no')));
    await using b = await greeter('b');
    await scene.offer(a);
    await scene.offer(b);
    const told: BalancerDiagnosticEvent[] = [];
    using _ = openGrpcResolver({
      cache: scene.cache,
      policy: roundRobin(),
      ejection: { failures: 3, baseMs: 300 },
      onDiagnostic: (event) => told.push(event),
    });
    using caller = new Caller(target);
    const failed = (): boolean => told.some(({ type }) => type === 'instance-ejected');
    await poll(async () => failed() || void (await caller.greet().catch(() => undefined)), { what: 'it is left out' });
    expect(told).toEqual([{ type: 'instance-ejected', service: 'orders', id: 'a', failures: 3, forMs: 300 }]);
    const taken = a.taken;
    expect(await caller.tally(20)).toEqual({ b: 20 });
    expect(a.taken).toBe(taken);
    await expect.poll(() => told.at(-1)?.type).toBe('instance-returned');
    await expect.poll(() => caller.greet().catch(() => 'failed')).toBe('failed');
  });

  test('stays by default when it is asked for what does not exist', async () => {
    await using scene = openScene();
    await using a = await greeter('a', () => Promise.reject({ code: status.NOT_FOUND }));
    await scene.offer(a);
    const told: BalancerDiagnosticEvent[] = [];
    using _ = openGrpcResolver({ cache: scene.cache, onDiagnostic: (event) => told.push(event) });
    using caller = new Caller(target);
    for (let call = 0; call < 20; call += 1)
      await expect(caller.greet()).rejects.toMatchObject({ code: status.NOT_FOUND });
    expect(told).toEqual([]);
  });
});

describe('nobody can be reached', () => {
  test('and the error says so, with what went wrong', async () => {
    await using scene = openScene();
    const port = await freePort();
    await scene.register('a', { endpoints: [`grpc://127.0.0.1:${port}`] });
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller(target);
    await expect(caller.greet()).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: expect.stringMatching(
        `^None of 1 instances of orders can be reached. Last error: .*ECONNREFUSED 127.0.0.1:${port}`,
      ),
    });
    // It is tried again, without a call that asks for it.
    await using back = await greeter('a', undefined, port);
    expect(await caller.greet('ada', { waitForReady: true })).toBe('a');
    expect(back.taken).toBe(1);
  });

  test('when the last instance leaves, and the error says why', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    const registration = await scene.offer(a);
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller(target);
    expect(await caller.greet()).toBe('a');
    await registration.update({ status: 'out-of-service' });
    await expect(
      poll(() => caller.greet().then(() => undefined), { what: 'a call fails', withinMs: 1 }),
    ).rejects.toMatchObject({
      cause: {
        code: status.UNAVAILABLE,
        details:
          'There is no instance of orders to call: 1 listed (1 out-of-service), and none is up with a weight above 0.',
      },
    });
    await registration.update({ status: 'up' });
    expect(await caller.greet('ada', { waitForReady: true })).toBe('a');
  });
});

test('is for no other targets, and says so', async () => {
  await using scene = openScene();
  await using a = await greeter('a');
  openGrpcResolver({ cache: scene.cache }).close();
  using caller = new Caller(`127.0.0.1:${a.port}`, balancedBy('rollcall_weighted'));
  await expect(caller.greet()).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    details: 'rollcall_weighted is for targets such as rollcall:///orders alone.',
  });
});

test('an instance that moves is called where it is now', async () => {
  await using scene = openScene();
  await using former = await greeter('former');
  await using present = await greeter('present');
  const registration = await scene.offer(former);
  using _ = openGrpcResolver({ cache: scene.cache });
  using caller = new Caller(target);
  expect(await caller.greet()).toBe('former');
  await registration.update({ endpoints: [`grpc://127.0.0.1:${present.port}`] });
  await expect.poll(() => caller.greet()).toBe('present');
});

/** Always the first one. What it is told is kept in `told`. */
function seenIn(told: string[]): Policy {
  return {
    name: 'seenIn',
    weights: 'ignored',
    observes: 'nothing',
    createPicker: <C extends Candidate>(): Picker<C> => {
      let first: C | undefined;
      return {
        replace: ([candidate]) => {
          first = candidate;
        },
        pick: () => first,
        acquired: ({ instance, inFlight }) => told.push(`acquired ${instance.id} ${inFlight}`),
        done: ({ instance, inFlight }, result) => told.push(`done ${instance.id} ${inFlight} ${result}`),
      };
    },
  };
}
