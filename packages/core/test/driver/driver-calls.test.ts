import fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import type { CallRequest } from '../../src/driver/driver-calls.ts';
import type { DriverCallOptions } from '../../src/driver/registry-driver.ts';
import { RegistryError } from '../../src/errors/registry-error.ts';
import { countingClock } from '../counting-clock.ts';
import { type TestParts, testParts } from '../parts.ts';

type Call<T> = (options: DriverCallOptions) => Promise<T>;

/** A driver's call that never answers, whatever its signal says. */
const deaf: Call<never> = () => new Promise(() => undefined);

/** A driver's call that never answers, and ends by its signal as it should. */
const heeding: Call<never> = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function request<T>(call: Call<T>, more: Partial<CallRequest<T>> = {}): CallRequest<T> {
  return { action: 'list the instances', service: 'orders', by: 'user', call, ...more };
}

/** Lets promises settle. */
function settle({ clock }: TestParts): Promise<void> {
  return clock.advance(0);
}

test('E3: an answer is passed on, and nothing is left of the call: no timer, no listener', async () => {
  const clock = countingClock();
  const { calls, signals } = testParts({ clock });
  const { signal } = new AbortController();
  await expect(calls.run(request(async () => 'answer', { stop: signals.stop(signal) }))).resolves.toBe('answer');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('E3: the call is rejected at its bound and not before, and its signal tells it why', async () => {
  const parts = testParts({ callTimeoutMs: 100 });
  let given: DriverCallOptions | undefined;
  const failed = vi.fn<(error: unknown) => void>();
  parts.calls
    .run(
      request((options) => {
        given = options;
        return heeding(options);
      }),
    )
    .catch(failed);
  await parts.clock.advance(99);
  expect(failed).not.toHaveBeenCalled();
  await parts.clock.advance(1);
  const [error] = failed.mock.calls[0] ?? [];
  expect(RegistryError.is(error, 'REGISTRY_UNAVAILABLE') && error.message).toBe(
    'Could not list the instances of "orders" (scripted at nowhere:1): no answer within 100 ms. ' +
      'Check that the backend is up and can be reached from here.',
  );
  expect(given?.signal.reason).toBe(error);
});

test('E3: the bound holds for a driver that ignores its signal, and a later answer is dropped', async () => {
  const parts = testParts({ callTimeoutMs: 100, limit: 1 });
  const late = parts.calls.run(
    request(() => new Promise((resolve) => parts.clock.schedule(150, () => resolve('late')))),
  );
  const fails = parts.calls.run(
    request(() => new Promise((_, reject) => parts.clock.schedule(150, () => reject(new Error('late'))))),
  );
  const [first, second] = [late, fails].map((call) => expect(call).rejects.toThrow(/no answer within 100 ms/));
  await parts.clock.advance(1_000);
  await first;
  await second;
  await expect(parts.calls.run(request(async () => 'next'))).resolves.toBe('next');
});

test('E3: a call that is answered within the turn costs no timer', async () => {
  const clock = countingClock();
  const schedule = vi.spyOn(clock, 'schedule');
  const { calls } = testParts({ clock });
  await expect(calls.run(request(async () => 'answer'))).resolves.toBe('answer');
  expect(schedule).not.toHaveBeenCalled();
});

test('E3: the bound counts from when the call leaves the queue', async () => {
  const parts = testParts({ callTimeoutMs: 100, limit: 1 });
  const failedAt: number[] = [];
  for (let call = 0; call < 3; call += 1) parts.calls.run(request(deaf)).catch(() => failedAt.push(parts.clock.now()));
  await parts.clock.advance(1_000);
  expect(failedAt).toEqual([100, 200, 300]);
});

test('C1: a signal aborted beforehand rejects with its reason before anything is sent', async () => {
  const { calls, signals } = testParts();
  const call = vi.fn<Call<string>>(async () => 'answer');
  const reason = { not: 'even an error' };
  await expect(calls.run(request(call, { stop: signals.stop(AbortSignal.abort(reason)) }))).rejects.toBe(reason);
  expect(call).not.toHaveBeenCalled();
});

test.each([
  ['ends by its signal', heeding],
  ['ignores its signal', deaf],
])('C1: an abort rejects at once with its reason, with a driver that %s', async (_, behaviour) => {
  const parts = testParts({ limit: 1 });
  const controller = new AbortController();
  let given: DriverCallOptions | undefined;
  const call = parts.calls.run(
    request(
      (options) => {
        given = options;
        return behaviour(options);
      },
      { stop: parts.signals.stop(controller.signal) },
    ),
  );
  await settle(parts);
  controller.abort('enough');
  await expect(call).rejects.toBe('enough');
  expect(given?.signal.reason).toBe('enough');
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  await expect(parts.calls.run(request(async () => 'next'))).resolves.toBe('next');
});

test('C1: an abort while the call waits for its place rejects at once, and nothing is ever sent', async () => {
  const parts = testParts({ limit: 1 });
  const first = new AbortController();
  const controller = new AbortController();
  const call = vi.fn<Call<string>>(async () => 'answer');
  const blocking = parts.calls.run(request(deaf, { stop: parts.signals.stop(first.signal) }));
  const waiting = parts.calls.run(request(call, { stop: parts.signals.stop(controller.signal) }));
  controller.abort('enough');
  await expect(waiting).rejects.toBe('enough');
  first.abort('enough');
  await expect(blocking).rejects.toBe('enough');
  await settle(parts);
  expect(call).not.toHaveBeenCalled();
});

test('E1: what a driver throws that is no RegistryError is a bug, also if it throws at once', async () => {
  const { calls } = testParts();
  const cause = new TypeError('x is not a function');
  const throwing: Call<never> = () => {
    throw cause;
  };
  for (const call of [throwing, async () => Promise.reject(cause)]) {
    const error: unknown = await calls.run(request(call)).catch((thrown: unknown) => thrown);
    expect(RegistryError.is(error, 'REGISTRY_INTERNAL') && error.cause).toBe(cause);
  }
});

test("E1: a driver's RegistryError is passed on as it is", async () => {
  const error = new RegistryError('REGISTRY_FORBIDDEN', 'no');
  await expect(testParts().calls.run(request(async () => Promise.reject(error)))).rejects.toBe(error);
});

test("C3: closing rejects users' calls, sent or waiting, and none of core's", async () => {
  const parts = testParts({ limit: 2 });
  const reason = new RegistryError('REGISTRY_CLOSED', 'closed');
  const cleaning = parts.calls.run(
    request(() => new Promise((resolve) => parts.clock.schedule(50, () => resolve('clean'))), { by: 'core' }),
  );
  const users = [heeding, deaf, deaf].map((call) => parts.calls.run(request(call)));
  parts.calls.cancelUsers(reason);
  for (const call of users) await expect(call).rejects.toBe(reason);
  await parts.clock.advance(50);
  await expect(cleaning).resolves.toBe('clean');
  parts.calls.cancelUsers(reason); // nobody is left
});

type Behaviour = 'answers' | 'fails' | 'breaks' | 'throws' | 'is deaf' | 'heeds';

interface Deed {
  readonly type: 'call';
  readonly how: Behaviour;
  readonly afterMs: number;
  readonly by: 'user' | 'core';
}

const anyCall: fc.Arbitrary<Deed> = fc.record({
  type: fc.constant('call'),
  how: fc.constantFrom('answers', 'fails', 'breaks', 'throws', 'is deaf', 'heeds'),
  afterMs: fc.nat(150),
  by: fc.constantFrom('user', 'core'),
});
const anyStep = fc.oneof(
  { weight: 4, arbitrary: anyCall },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('abort' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('close' as const) }) },
);

const forbidden = new RegistryError('REGISTRY_FORBIDDEN', 'no');
const closed = new RegistryError('REGISTRY_CLOSED', 'closed');
const bug = new Error('a bug');

/** How a driver's call goes. */
function acted({ clock }: TestParts, { how, afterMs }: Deed, options: DriverCallOptions): Promise<string> {
  if (how === 'throws') throw bug;
  if (how === 'is deaf') return deaf(options);
  if (how === 'heeds') return heeding(options);
  return new Promise((resolve, reject) => {
    clock.schedule(afterMs, () => {
      if (how === 'answers') resolve('answer');
      else reject(how === 'fails' ? forbidden : bug);
    });
  });
}

/** What came of a call; the reasons of aborts are numbers. */
function cameTo(error: unknown): string {
  if (typeof error === 'number') return 'aborted';
  return RegistryError.is(error) ? error.code : 'something else';
}

test('E3: however calls end, no more than the limit are in flight, each ends in time, and every place is given back', () =>
  check(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(anyStep, { maxLength: 25, size: 'max' }),
      async (limit, steps) => {
        const parts = testParts({ callTimeoutMs: 100, limit });
        const history: { deed: Deed; controller: AbortController; sentAt?: number; end?: string; endedAt?: number }[] =
          [];
        const inFlight = (): number =>
          history.filter(({ sentAt, end }) => sentAt !== undefined && end === undefined).length;
        for (const step of steps) {
          if (step.type === 'wait') {
            await parts.clock.advance(step.ms);
          } else if (step.type === 'close') {
            parts.calls.cancelUsers(closed);
          } else if (step.type === 'abort') {
            history[step.which]?.controller.abort(step.which);
          } else {
            const one: (typeof history)[number] = { deed: step, controller: new AbortController() };
            history.push(one);
            const stop = parts.signals.stop(one.controller.signal);
            const call: Call<string> = (options) => {
              one.sentAt = parts.clock.now();
              return acted(parts, step, options);
            };
            const ended = (end: string): void => {
              one.end = end;
              one.endedAt = parts.clock.now();
            };
            void parts.calls.run(request(call, { stop, by: step.by })).then(ended, (error) => ended(cameTo(error)));
          }
          await settle(parts);
          expect(inFlight()).toBeLessThanOrEqual(limit);
          const isAnyWaiting = history.some(({ sentAt, end }) => sentAt === undefined && end === undefined);
          expect(!isAnyWaiting || inFlight() === limit).toBe(true); // nobody waits while there is a place
        }
        await parts.clock.advance(100 * history.length);
        for (const { deed, sentAt, end, endedAt } of history) {
          const own = {
            answers: 'answer',
            fails: 'REGISTRY_FORBIDDEN',
            breaks: 'REGISTRY_INTERNAL',
            throws: 'REGISTRY_INTERNAL',
          };
          const usual = deed.how === 'is deaf' || deed.how === 'heeds' ? [] : [own[deed.how]];
          const closing = deed.by === 'user' ? ['REGISTRY_CLOSED'] : [];
          expect(['aborted', 'REGISTRY_UNAVAILABLE', ...closing, ...usual]).toContain(end);
          const tookMs = sentAt === undefined || endedAt === undefined ? 0 : endedAt - sentAt;
          expect(tookMs).toBeLessThanOrEqual(100);
          expect(tookMs === 100 || end !== 'REGISTRY_UNAVAILABLE').toBe(true);
        }
        const sent = vi.fn<Call<never>>(deaf);
        for (let place = 0; place <= limit; place += 1) void parts.calls.run(request(sent)).catch(() => undefined);
        expect(sent).toHaveBeenCalledTimes(limit);
      },
    ),
    { numRuns: 80 },
  ));

test('E1, E4: whatever a driver throws, also what cannot be shown, settles the call', async () => {
  const parts = testParts();
  const thrown = [
    Object.create(null),
    Object.defineProperty(new Error('x'), 'message', { get: () => Symbol('no text') }),
  ];
  for (const error of thrown) {
    const call = (): Promise<never> => Promise.reject(error);
    const failure = parts.calls.run({ action: 'list the services', by: 'user', call });
    await expect(failure).rejects.toMatchObject({ code: 'REGISTRY_INTERNAL', cause: error });
  }
});

test.each(['one signal aborts', 'the registry closes'])(
  'C1, C3: when %s, calls that waited for a place are not sent in the places of those that end',
  async (how) => {
    const parts = testParts({ limit: 1 });
    const controller = new AbortController();
    const sent: number[] = [];
    const runs = [1, 2, 3].map((number) =>
      parts.calls.run({
        action: 'list the services',
        by: 'user',
        stop: parts.signals.stop(controller.signal),
        call: () => {
          sent.push(number);
          return new Promise<never>(() => undefined);
        },
      }),
    );
    if (how === 'the registry closes') parts.calls.cancelUsers('closed');
    else controller.abort('enough');
    const ends = await Promise.allSettled(runs);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(sent).toEqual([1]);
  },
);
