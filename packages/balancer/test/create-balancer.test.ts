import { type ServiceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import {
  type Balancer,
  type BalancerDiagnosticEvent,
  consistentHash,
  createBalancer,
  leastOutstanding,
  NoInstanceError,
  peakEwma,
  type PickContext,
  type Policy,
  roundRobin,
  weightedRandom,
  weightedRoundRobin,
} from '../src/index.ts';
import { instance, instances, picks, settableSource } from './settable-source.ts';

const policies: readonly Policy[] = [
  roundRobin(),
  weightedRoundRobin(),
  weightedRandom(),
  leastOutstanding(),
  peakEwma(),
  consistentHash(),
];
const anyPolicy = fc.constantFrom(...policies);

/** From none to many, in every status, some of weight 0. */
const anySet: fc.Arbitrary<readonly ServiceInstance[]> = fc
  .uniqueArray(
    fc.record({
      number: fc.integer({ min: 0, max: 30 }),
      status: fc.constantFrom('up', 'up', 'up', 'starting', 'draining', 'out-of-service'),
      weight: fc.constantFrom(0, 1, 100, 100, 65_535),
    }),
    { selector: ({ number }) => number, maxLength: 20, size: 'max' },
  )
  .map((all) => all.map(({ number, status, weight }) => instance(`i${number}`, { status, weight })));

function eligible(set: readonly ServiceInstance[]): readonly ServiceInstance[] {
  return set.filter(({ status, weight }) => status === 'up' && weight > 0).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** By some picks, and by some calls of which half are done. */
function chosenBy(balancer: Balancer, more: PickContext = {}): ServiceInstance[] {
  return Array.from({ length: 20 }, (_, turn) => {
    const context = { ...more, key: `k${turn}` };
    const call = balancer.acquire(context);
    if (turn % 2 === 0) call.done('success');
    return [call.instance, balancer.pick(context)];
  }).flat();
}

test('whatever changes, each policy picks from those who are up with a weight above 0, and by their newest record', () =>
  check(
    fc.property(anyPolicy, fc.array(anySet, { minLength: 1, maxLength: 8 }), (policy, sets) => {
      const source = settableSource();
      const balancer = createBalancer(source, { policy });
      for (const set of sets) {
        source.set(set);
        const candidates = eligible(set);
        expect(balancer.candidates).toEqual(candidates);
        const chosen = candidates.length === 0 ? [] : chosenBy(balancer);
        expect(chosen.filter((one) => !candidates.includes(one))).toEqual([]);
      }
    }),
  ));

test('with nobody to pick from, each policy has an error for pick and acquire, and goes on when there is somebody', () => {
  for (const policy of policies) {
    const source = settableSource([instance('a', { weight: 0 })]);
    const balancer = createBalancer(source, { policy });
    expect(() => balancer.pick({ key: 'k' })).toThrow(NoInstanceError);
    expect(() => balancer.acquire({ key: 'k' })).toThrow(NoInstanceError);
    source.set([instance('b')]);
    expect(balancer.pick({ key: 'k' }).id).toBe('b');
  }
});

test('each policy uses every eligible instance', () =>
  check(
    fc.property(anyPolicy, fc.integer({ min: 1, max: 12 }), (policy, count) => {
      const set = Array.from({ length: count }, (_, index) => instance(`i${index}`));
      const balancer = createBalancer(settableSource(set), { policy });
      const seen = new Set<string>();
      for (let turn = 0; turn < 2_000; turn += 1) seen.add(balancer.acquire({ key: `k${turn}` }).instance.id);
      expect(seen.size).toBe(count);
    }),
    { numRuns: 60 },
  ));

test('the error says who is listed, and what kept each out', () => {
  const source = settableSource();
  const isRed = { red: (all: readonly ServiceInstance[]) => all.filter(({ deployment }) => deployment === 'red') };
  const balancer = createBalancer(source, { policy: roundRobin(), filters: [isRed.red] });
  const message = (): string => {
    try {
      return balancer.pick().id;
    } catch (error) {
      return NoInstanceError.is(error) ? `${error.code}: ${error.message}` : String(error);
    }
  };
  expect(message()).toBe(
    'NONE_LISTED: There is no instance of orders to call: none is listed. Look whether one is registered.',
  );
  source.set([
    instance('a', { status: 'draining' }),
    instance('b', { weight: 0 }),
    instance('c', { status: 'draining' }),
  ]);
  expect(message()).toBe(
    'NONE_ELIGIBLE: There is no instance of orders to call: 3 listed (2 draining, 1 of weight 0), and none is up with a weight above 0.',
  );
  source.set([instance('a'), instance('b', { status: 'starting' })]);
  expect(message()).toBe(
    'NONE_SELECTED: There is no instance of orders to call: 2 listed (1 up, 1 starting), and red left none of 1.',
  );
  source.set([instance('a', { deployment: 'red' })]);
  expect(message()).toBe('a');
  balancer.close();
  expect(message()).toBe('BALANCER_CLOSED: There is no instance of orders to call: the balancer is closed.');
});

test('a balancer that is closed follows its source no more', () => {
  const source = settableSource([instance('a')]);
  {
    using balancer = createBalancer(source, { policy: roundRobin() });
    expect(balancer.pick().id).toBe('a');
    expect(source.listeners).toBe(1);
  }
  expect(source.listeners).toBe(0);
});

test('a call counts as under way until it is done, once', () => {
  const source = settableSource([instance('a'), instance('b')]);
  const balancer = createBalancer(source, { policy: leastOutstanding() });
  const first = balancer.acquire();
  const others = picks(20, () => balancer.pick());
  expect(new Set(others)).toEqual(new Set([first.instance.id === 'a' ? 'b' : 'a']));
  first.done('success');
  first.done('success');
  {
    using second = balancer.acquire();
    expect(second.instance.service).toBe('orders');
  }
  expect(new Set(picks(200, () => balancer.pick()))).toEqual(new Set(['a', 'b']));
});

test('a filter that fails at the start is told to the caller, and later to diagnostics: nobody new is picked then', () => {
  const events: BalancerDiagnosticEvent[] = [];
  const source = settableSource([instance('a'), instance('b')]);
  const error = new Error('too many');
  const atMostTwo = (all: readonly ServiceInstance[]): readonly ServiceInstance[] => {
    if (all.length > 2) throw error;
    return all;
  };
  const options = {
    policy: roundRobin(),
    filters: [atMostTwo],
    onDiagnostic: (event: BalancerDiagnosticEvent) => events.push(event),
  };
  const balancer = createBalancer(source, options);
  source.set([instance('b'), instance('c'), instance('d')]);
  expect(events).toEqual([{ type: 'filter-failed', service: 'orders', filter: 'atMostTwo', error }]);
  expect(picks(3, () => balancer.pick())).toEqual(['b', 'b', 'b']);
  expect(() => createBalancer(source, options)).toThrow(error);
  source.set([instance('c')]);
  expect(balancer.pick().id).toBe('c');
});

test('a filter that makes up instances is refused', () => {
  const stranger = instance('z');
  const options = { policy: roundRobin(), filters: [() => [stranger]] };
  expect(() => createBalancer(settableSource([instance('a')]), options)).toThrow(
    'filter 1: expected some of the instances that the filter was given, in their order',
  );
});

test.each([
  [{ polici: roundRobin() }, 'createBalancer: options.polici: unknown key'],
  [{ policy: 'roundRobin' }, 'options.policy: expected a policy, such as roundRobin(), got "roundRobin"'],
  [{ policy: roundRobin(), filters: [1] }, 'options.filters[0]: expected a function, got 1'],
  [{ policy: roundRobin(), slowStart: { windowMs: 1 } }, 'options.slowStart: roundRobin() gives equal shares'],
  [
    { policy: weightedRoundRobin(), slowStart: { windowMs: 0 } },
    'options.slowStart.windowMs: expected a finite number',
  ],
  [
    { policy: roundRobin(), ejection: { maxShare: 2 } },
    'options.ejection.maxShare: expected a finite number from 0, at most 1',
  ],
  [{ policy: roundRobin(), ejection: { failure: 2 } }, 'createBalancer: ejection: options.failure: unknown key'],
  [{ policy: roundRobin(), clock: {} }, 'options.clock: expected a Clock'],
])('bad options are refused: %j', (options, message) => {
  expect(() => createBalancer(settableSource(), options as never)).toThrow(new RegExp(escaped(message)));
});

function escaped(text: string): string {
  return text.replaceAll(/[()[\].]/g, String.raw`\$&`);
}

test('a call that has tried some is given another one while there is one, whatever the policy', () =>
  check(
    fc.property(anyPolicy, anySet, fc.func(fc.boolean()), (policy, set, isTried) => {
      using balancer = createBalancer(settableSource(set), { policy });
      const all = eligible(set).map(({ id }) => id);
      fc.pre(all.length > 0);
      const avoid = new Set(all.filter((id) => isTried(id)));
      for (const { id } of chosenBy(balancer, { avoid })) expect(avoid.has(id)).toBe(avoid.size === all.length);
    }),
  ));

test('retries reach everybody, each once', () =>
  check(
    fc.property(anyPolicy, fc.integer({ min: 1, max: 20 }), (policy, count) => {
      using balancer = createBalancer(settableSource(instances(count)), { policy });
      const avoid = new Set<string>();
      for (let attempt = 0; attempt < count; attempt += 1) avoid.add(balancer.pick({ key: 'k', avoid }).id);
      expect(avoid.size).toBe(count);
    }),
  ));
