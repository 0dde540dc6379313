import process from 'node:process';
import { httpServer, provide, type StopSignal } from '@rollcall/provider';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, Caller, listening, openScene } from './scene.ts';

// A signal that nothing else of this process listens for, and a clock that never comes to the end of the process.
const signals: readonly StopSignal[] = ['SIGUSR2'];

let before: number;

beforeEach(() => {
  before = process.listenerCount('SIGUSR2');
});

afterEach(() => {
  expect(process.listenerCount('SIGUSR2')).toBe(before);
});

function send(): void {
  process.emit('SIGUSR2', 'SIGUSR2');
}

describe('a provider that hears a signal', () => {
  test('stops in good order and tells which it was', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), { ...scene.options, signals, drainMs: 2_000 });
    send();
    expect(provider.state).toBe('draining');
    await scene.clock.advance(2_000);
    expect(await provider.stopped).toEqual({ type: 'signal', signal: 'SIGUSR2' });
    expect(await scene.statuses()).toEqual([]);
  });

  test('twice within half a second stops as if it had come once', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), { ...scene.options, signals, drainMs: 2_000 });
    send();
    await scene.clock.advance(499);
    send();
    await scene.clock.advance(499);
    send();
    await scene.clock.advance(1_001);
    expect(provider.state).toBe('draining');
    await scene.clock.advance(1);
    await provider.stopped;
  });

  test('again is in a hurry: the drain ends, and then the requests', async () => {
    await using scene = openScene();
    await using own = await listening((_, response) => response.write('begun'));
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), { ...scene.options, signals, drainMs: 60_000 });
    const body = answerOf(await caller.begin(own.port)).catch((error: unknown) => error);
    send();
    await scene.clock.advance(500);
    expect(provider.state).toBe('draining');
    send();
    await scene.clock.advance(500);
    expect(provider.state).toBe('closing');
    send();
    expect(await body).toMatchObject({ code: 'ECONNRESET' });
    await provider.stopped;
  });

  test('after stop() was called goes on with that, and is not in a hurry', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), { ...scene.options, signals, drainMs: 2_000 });
    const stopping = provider.stop();
    await scene.clock.advance(1_000);
    send();
    await scene.clock.advance(999);
    expect(provider.state).toBe('draining');
    await scene.clock.advance(1);
    await stopping;
    expect(await provider.stopped).toEqual({ type: 'asked' });
  });

  test('before it is up closes the server, leaves no entry and rejects', async () => {
    await using scene = openScene();
    await using own = await listening();
    const ready = (): Promise<never> => {
      send();
      return new Promise(() => undefined);
    };
    const providing = provide(httpServer(own.server), { ...scene.options, signals, ready });
    await expect(providing).rejects.toMatchObject({
      code: 'PROVIDER_STOPPED',
      message: expect.stringMatching('SIGUSR2'),
    });
    expect(own.server.listening).toBe(false);
    expect(await scene.statuses()).toEqual([]);
    expect(scene.states).toEqual(['starting', 'closing', 'stopped']);
  });
});

test('a start that fails lets go of the signals', async () => {
  await using scene = openScene();
  await using own = await listening();
  const ready = (): Promise<never> => Promise.reject(new Error('not today'));
  await expect(provide(httpServer(own.server), { ...scene.options, signals, ready })).rejects.toThrow('not today');
});
