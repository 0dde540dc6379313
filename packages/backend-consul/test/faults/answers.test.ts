import { idsOf, quietMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { isDeregister, isPass, isPoll, isRead, isRegister } from './consul-calls.ts';
import { coarseMs, requestMs } from './consul-registry.ts';
import type { Exchange, Interference } from './http-forwarder.ts';
import { Scene } from './scene.ts';

const { url } = inject('consul');
const ttlMs = 2_000;

const endings = ['ends', 'is reset', 'falls silent'] as const;

/** Within this an answer that has broken off is given up: one that is silent has to be waited for. */
const givenUpWithinMs = { ends: quietMs, 'is reset': quietMs, 'falls silent': requestMs + coarseMs };

// Side by side within each: more would be a load that renewals feel.
describe.each(endings)('an answer that breaks off in its midst and %s', (ending) => {
  const cut = (isMeant: (exchange: Exchange) => boolean, times = 1): Interference => {
    let left = times;
    return (exchange) => {
      if (left === 0 || !isMeant(exchange)) return false;
      left -= 1;
      exchange.forward().then(
        (answer) => exchange.answerInPart(answer, ending),
        () => undefined, // the client has gone
      );
      return true;
    };
  };

  test.concurrent('D2: of a list: is a failure, never a shorter list', async () => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    scene.faultBegins();
    forwarder.interfere = cut(isRead);
    const from = performance.now();
    await expect(client.registry.list(scene.service)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect(performance.now() - from).toBeLessThan(givenUpWithinMs[ending]);
    expect(idsOf(await client.registry.list(scene.service))).toContain('a');
    forwarder.interfere = cut(({ path }) => path.startsWith('/v1/health/state'));
    await expect(client.registry.services()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect(await client.registry.services()).toEqual([scene.service]);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent('W6, W7: of a poll: costs a reader nothing but that time', async () => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    let cuts = 0;
    forwarder.interfere = (exchange) => {
      if (!isPoll(exchange)) return false;
      cuts += 1;
      return cut(() => true)(exchange);
    };
    const reading = client.registry.watch(scene.service);
    expect(idsOf((await reading.next()).value?.instances ?? [])).toContain('a');
    for (const step of ['1', '2']) {
      const awaited = reading.next();
      await scene.held[0]?.registration.update({ metadata: { step } });
      const from = performance.now();
      const { value: next } = await awaited;
      expect(performance.now() - from).toBeLessThan(quietMs + givenUpWithinMs[ending]);
      expect(next).toMatchObject({ freshness: 'live', delta: { added: [], removed: [] } });
      expect(next?.delta.updated.map(({ id, metadata }) => [id, metadata['step']])).toEqual([['a', step]]);
    }
    expect(cuts).toBeGreaterThanOrEqual(2);
    forwarder.interfere = () => false;
    scene.faultBegins();
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent.each([
    { what: 'a register', isMeant: isRegister },
    { what: 'the read that confirms a register', isMeant: isReadAfterRegister() },
  ])('R2: of $what: is a failure, and nothing is left', async ({ isMeant }) => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    scene.faultBegins();
    forwarder.interfere = cut(isMeant);
    await expect(client.hold(scene.init('late'), { ttlMs })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await poll(async () => ((await scene.entriesOf('late')).length === 0 ? true : undefined), {
      what: 'it is taken back at once',
      withinMs: quietMs,
    });
    // The next attempt is nobody's rival.
    const again = await client.hold(scene.init('late'), { ttlMs });
    await scene.seen((instances) => idsOf(instances).has('late'), quietMs);
    await again.registration.close();
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent.each([
    { what: 'a renewal', isMeant: isPass },
    { what: 'the read that a renewal ends with', isMeant: isReadAfterPass() },
  ])('L4, L7: of $what, each time it is first sent: costs no lease', async ({ isMeant }) => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    const held = await client.hold(scene.init('renewing'), { ttlMs });
    scene.held.push(held);
    scene.faultBegins();
    let cuts = 0;
    forwarder.interfere = (exchange) => {
      // The repetition comes through: a backend that fails each of them could not be reached at all.
      if (!isMeant(exchange) || held.registration.state !== 'active') return false;
      cuts += 1;
      return cut(() => true)(exchange);
    };
    await poll(() => cuts > 3 || undefined, { what: 'several renewals are cut' });
    forwarder.interfere = () => false;
    await poll(() => held.registration.state === 'active' || undefined, { what: 'it is renewed', withinMs: ttlMs });
    const states = held.changes.map(({ to }) => to);
    expect(states.filter((state) => state === 'suspect').length).toBeGreaterThan(2);
    expect(states).not.toContain('lost');
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent('R5: of an update: ends the wait at most, and the change is made all the same', async () => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    const held = await client.hold(scene.init('changing'), { ttlMs });
    scene.held.push(held);
    scene.faultBegins();
    forwarder.interfere = cut(isRegister);
    await expect(held.registration.update({ version: '2' })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await scene.seen((instances) => instances.some(({ version }) => version === '2'), quietMs);
    expect(held.changes.map(({ to }) => to)).not.toContain('lost');
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent('R2, R7: of a deregister: is a failure, or asked again, and nothing is left', async () => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    const { registration } = await client.hold(scene.init('leaving'), { ttlMs });
    scene.faultBegins();
    forwarder.interfere = cut(isDeregister);
    await Promise.allSettled([registration.close()]);
    expect(registration.state).toBe('closed');
    await registration.close();
    expect(await scene.entriesOf('leaving')).toEqual([]);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });
});

describe('an index of another history', () => {
  test.concurrent.each([
    { what: 'is smaller than the last one', forged: '1' },
    { what: 'is 0', forged: '0' },
    { what: 'is missing', forged: undefined },
    { what: 'is no number', forged: 'x' },
  ])('W3, W5, W6: that $what, once: the set is read anew, and nobody is told of anything', async ({ forged }) => {
    await using scene = await Scene.open({ url, ttlMs });
    const { client, forwarder } = await scene.forwarded();
    const reading = client.registry.watch(scene.service);
    await reading.next();
    let forgeries = 0;
    const forgedIn = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
      const kept = Object.entries(headers).filter(([name]) => name !== 'x-consul-index');
      return Object.fromEntries(forged === undefined ? kept : [...kept, ['x-consul-index', forged]]);
    };
    forwarder.interfere = (exchange) => {
      if (!isPoll(exchange) || forgeries > 0) return false;
      forgeries += 1;
      void exchange
        .forward()
        .then(({ headers, ...answer }) => exchange.answer({ ...answer, headers: forgedIn(headers) }));
      return true;
    };
    const told = reading.next();
    // The poll that is under way ends with this, and the next one is forged with the one after.
    await scene.held[0]?.registration.update({ metadata: { step: '1' } });
    expect((await told).value?.delta.updated.map(({ metadata }) => metadata['step'])).toEqual(['1']);
    const next = reading.next();
    await scene.held[0]?.registration.update({ metadata: { step: '2' } });
    const { value } = await next;
    expect(forgeries).toBe(1);
    expect(value).toMatchObject({ freshness: 'live' });
    expect(value?.delta.updated.map(({ metadata }) => metadata['step'])).toEqual(['2']);
    expect({ added: value?.delta.added, removed: value?.delta.removed }).toEqual({ added: [], removed: [] });
    // What the index that went back was about is still followed.
    const last = reading.next();
    await scene.held[0]?.registration.update({ metadata: { step: '3' } });
    expect((await last).value?.delta.updated.map(({ metadata }) => metadata['step'])).toEqual(['3']);
    scene.faultBegins();
    await scene.assertLaws({ healedWithinMs: quietMs });
  });
});

/** The first read after a register. */
function isReadAfterRegister(): (exchange: Exchange) => boolean {
  return isReadAfter(isRegister);
}

/** The first read after each renewal. */
function isReadAfterPass(): (exchange: Exchange) => boolean {
  return isReadAfter(isPass);
}

function isReadAfter(isFirst: (exchange: Exchange) => boolean): (exchange: Exchange) => boolean {
  let isNext = false;
  return (exchange) => {
    if (isFirst(exchange)) isNext = true;
    else if (isNext && isRead(exchange)) {
      isNext = false;
      return true;
    }
    return false;
  };
}
