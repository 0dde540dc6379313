import { diag, DiagLogLevel, metrics, trace } from '@opentelemetry/api';
import { createBalancer, roundRobin } from '@rollcall/balancer';
import { afterEach, describe, expect, test } from 'vitest';
import { type CallObserver, createTelemetry, type TelemetryOptions } from '../src/index.ts';
import { openMetering } from './collected.ts';
import { openScene } from './scene.ts';

afterEach(() => {
  diag.disable();
  metrics.disable();
  trace.disable();
});

/** A call with one attempt. @returns the headers that it gets */
function callOnce(observer: CallObserver): unknown {
  const attempt = { number: 1, instance: { id: 'a' }, url: 'http://192.0.2.1:80' };
  const listener = observer.callStarted({ service: 'orders', method: 'GET' });
  const headers = listener.attemptStarted(attempt);
  listener.attemptEnded(attempt, { result: 'success', status: 200 });
  listener.callEnded({ status: 200 });
  return headers;
}

/** What an SDK would be told of. */
function errors(): unknown[] {
  const told: unknown[] = [];
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: (...words) => told.push(words), warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  return told;
}

describe('telemetry', () => {
  test('does nothing without an SDK', async () => {
    await using scene = await openScene();
    const telemetry = createTelemetry();
    telemetry.observeCache(scene.cache);
    telemetry.observeBalancer(scene.balancer);
    telemetry.onDiagnostic({ type: 'set-stale', service: 'orders', instances: 3 });
    expect(callOnce(telemetry.httpCalls)).toEqual({});
    telemetry.close();
  });

  test('goes to the global SDK', async () => {
    await using metering = openMetering();
    metrics.setGlobalMeterProvider(metering.meterProvider);
    using telemetry = createTelemetry();
    callOnce(telemetry.httpCalls);
    expect(await metering.lines('rollcall.client.attempt.duration')).toHaveProperty(['orders first success']);
  });

  test('counts every event by its type, with the service that it is about, if there is one', async () => {
    await using scene = await openScene();
    const { onDiagnostic } = scene.telemetry;
    onDiagnostic({ type: 'renewal-failed', service: 'orders', id: 'a', error: new Error('x') });
    onDiagnostic({ type: 'renewal-failed', service: 'orders', id: 'b', error: new Error('x') });
    onDiagnostic({ type: 'callback-failed', error: new Error('x') });
    expect(await scene.metering.lines('rollcall.diagnostic.events')).toEqual({
      'orders renewal-failed': 2,
      ' callback-failed': 1,
    });
  });

  test('hides nothing else when something cannot be read, and tells it to the logger of OpenTelemetry', async () => {
    await using scene = await openScene();
    const told = errors();
    const broken = new Error('broken');
    scene.telemetry.observeCache({
      instances: () => [],
      report() {
        throw broken;
      },
    });
    expect(await scene.metering.lines('rollcall.service.instance.count')).toMatchObject({ 'orders up': 3 });
    expect(told).toEqual([['rollcall: reading a cache failed', broken]]);
  });

  test('never throws what an SDK throws into a call', () => {
    const told = errors();
    const fail = (): never => {
      throw new Error('a broken SDK');
    };
    const tracerProvider = { getTracer: () => ({ startSpan: fail, startActiveSpan: fail }) };
    const meter = {
      createGauge: fail,
      createHistogram: fail,
      createCounter: fail,
      createUpDownCounter: fail,
      createObservableGauge: fail,
      createObservableCounter: fail,
      createObservableUpDownCounter: fail,
      addBatchObservableCallback: fail,
      removeBatchObservableCallback: fail,
    };
    const telemetry = createTelemetry({ tracerProvider, meterProvider: { getMeter: () => meter } });
    callOnce(telemetry.httpCalls);
    telemetry.close();
    expect(told).not.toEqual([]);
  });

  test('is over when it is closed: nothing is read, counted or traced any more', async () => {
    await using scene = await openScene();
    await scene.metering.collect();
    scene.telemetry.close();
    let reads = 0;
    scene.telemetry.observeCache({
      instances: () => [],
      report() {
        reads += 1;
        return [];
      },
    });
    scene.balancer.pick();
    callOnce(scene.telemetry.httpCalls);
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 0 });
    expect(await scene.metering.lines('rollcall.client.attempt.duration')).toEqual({});
    expect(reads).toBe(0);
    scene.telemetry.close();
  });

  test('takes a balancer or a cache back without the others', async () => {
    await using scene = await openScene();
    const takeBack = scene.telemetry.observeCache(scene.cache);
    takeBack();
    expect(await scene.metering.lines('rollcall.service.instance.count')).toEqual({});
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 0 });
  });

  test('goes on counting a balancer that is closed while it is observed', async () => {
    await using scene = await openScene();
    const other = createBalancer(scene.cache.service('orders'), { policy: roundRobin() });
    scene.telemetry.observeBalancer(other);
    other.pick();
    other.close();
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 1 });
  });

  test.each<[object, string]>([
    [{ meters: 1 }, 'createTelemetry: options.meters: unknown key; known are meterProvider'],
    [{ meterProvider: {} }, 'options.meterProvider: expected a MeterProvider'],
    [{ tracerProvider: 7 }, 'options.tracerProvider: expected a TracerProvider'],
    [{ clock: {} }, 'options.clock: expected a Clock'],
    [{ attempts: 'all' }, "options.attempts: expected 'spans' or 'events' or 'off'"],
    [{ instanceIds: true }, "options.instanceIds: expected 'hidden' or 'shown'"],
  ])('refuses %o', (options, message) => {
    expect(() => createTelemetry(options as TelemetryOptions)).toThrow(message);
    expect(() => createTelemetry(options as TelemetryOptions)).toThrow(TypeError);
  });
});
