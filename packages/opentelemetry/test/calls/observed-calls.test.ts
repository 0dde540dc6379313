import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NoInstanceError } from '@rollcall/balancer';
import { manualClock } from '@rollcall/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AttemptEnd,
  type CallListener,
  type CallObserver,
  type CallStart,
  createTelemetry,
  type TelemetryOptions,
} from '../../src/index.ts';
import { openMetering } from '../collected.ts';
import { SpanHeaders } from './span-headers.ts';
import { StackContext } from './stack-context.ts';

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = tracerProvider.getTracer('test');

beforeEach(() => {
  exporter.reset();
  context.setGlobalContextManager(new StackContext());
  propagation.setGlobalPropagator(new SpanHeaders());
});

afterEach(() => {
  context.disable();
  propagation.disable();
});

const get: CallStart = { service: 'orders', method: 'GET', path: '/orders/7?token=secret' };
const first = { number: 1, instance: { id: 'orders-1' }, url: 'http://10.0.0.5:8080' };
const second = { number: 2, instance: { id: 'orders-2' }, url: 'http://[2001:db8::6]:80' };

function httpCalls(options: TelemetryOptions = {}): CallObserver {
  return createTelemetry({ tracerProvider, ...options }).httpCalls;
}

/** A call with one attempt. */
function callOnce(observer: CallObserver, end: AttemptEnd, call: CallStart = get): void {
  const listener = observer.callStarted(call);
  listener.attemptStarted(first);
  endBoth(listener, end);
}

function endBoth(listener: CallListener, end: AttemptEnd, attempt: typeof first = first): void {
  listener.attemptEnded(attempt, end);
  listener.callEnded(end);
}

/** The only one that has ended. */
function onlySpan() {
  const [span, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  if (span === undefined) throw new Error('no span has ended');
  return span;
}

describe('an attempt as a span', () => {
  test('of HTTP is named by its method, and says who was called and where, by the conventions', () => {
    callOnce(httpCalls(), { result: 'success', status: 200 });
    const span = onlySpan();
    expect([span.name, span.kind, span.status.code]).toEqual(['GET', SpanKind.CLIENT, SpanStatusCode.UNSET]);
    expect(span.attributes).toEqual({
      'server.service.name': 'orders',
      'peer.service': 'orders',
      'server.address': '10.0.0.5',
      'server.port': 8080,
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'url.full': 'http://10.0.0.5:8080/orders/7',
      'rollcall.instance.id': 'orders-1',
      'rollcall.attempt.number': 1,
      'rollcall.call.result': 'success',
    });
  });

  test('is an error by its status, and a retry is a span of its own that says how often the request was sent again', () => {
    const listener = httpCalls().callStarted(get);
    listener.attemptStarted(first);
    listener.attemptEnded(first, { result: 'failure', status: 503 });
    listener.attemptStarted(second);
    endBoth(listener, { result: 'success', status: 200 }, second);
    const [failed, retried, ...others] = exporter.getFinishedSpans();
    expect(others).toEqual([]);
    expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
    expect(failed?.attributes).toMatchObject({ 'error.type': '503', 'rollcall.attempt.number': 1 });
    expect(failed?.attributes).not.toHaveProperty(['http.request.resend_count']);
    expect(retried?.attributes).toMatchObject({
      'http.request.resend_count': 1,
      'rollcall.attempt.number': 2,
      'server.address': '2001:db8::6',
      'server.port': 80,
    });
  });

  test.each([
    [Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:8080'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new TypeError('bad'), 'TypeError'],
    [new DOMException('over', 'AbortError'), 'AbortError'],
    ['thrown text', '_OTHER'],
    [null, '_OTHER'],
  ])('that broke off is told by the code or the name of %o', (error, type) => {
    callOnce(httpCalls(), { result: 'failure', status: 200, error });
    expect(onlySpan().attributes).toMatchObject({ 'error.type': type });
    expect(onlySpan().status.code).toBe(SpanStatusCode.ERROR);
  });

  test('of a method that the conventions do not know has a name all the same, of which there is one', () => {
    callOnce(httpCalls(), { result: 'success', status: 204 }, { service: 'orders', method: 'PURGE' });
    expect(onlySpan().name).toBe('HTTP');
    expect(onlySpan().attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PURGE',
    });
    expect(onlySpan().attributes).not.toHaveProperty(['url.full']);
  });

  test('of gRPC has the method and the status by name', () => {
    const { grpcCalls } = createTelemetry({ tracerProvider });
    const call = { service: 'orders', method: 'shop.Orders/Get' };
    callOnce(grpcCalls, { result: 'success', status: 'OK' }, call);
    callOnce(grpcCalls, { result: 'failure', status: 'UNAVAILABLE' }, call);
    const [good, bad] = exporter.getFinishedSpans();
    expect(good?.name).toBe('shop.Orders/Get');
    expect(good?.attributes).toMatchObject({
      'rpc.system.name': 'grpc',
      'rpc.method': 'shop.Orders/Get',
      'rpc.status_code': 'OK',
    });
    expect(good?.attributes).not.toHaveProperty(['error.type']);
    expect(bad?.attributes).toMatchObject({ 'rpc.status_code': 'UNAVAILABLE', 'error.type': 'UNAVAILABLE' });
    expect(bad?.status.code).toBe(SpanStatusCode.ERROR);
  });

  test('is a child of the span that was active when the call began, also a retry, and its own context goes along', () => {
    const parent = tracer.startSpan('parent');
    const listener = context.with(trace.setSpan(context.active(), parent), () => httpCalls().callStarted(get));
    const headers = [listener.attemptStarted(first)];
    listener.attemptEnded(first, { result: 'failure', status: 503 });
    headers.push(listener.attemptStarted(second));
    endBoth(listener, { result: 'success', status: 200 }, second);
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      parent.spanContext().spanId,
      parent.spanContext().spanId,
    ]);
    expect(headers).toEqual(spans.map((span) => ({ 'x-test-span': span.spanContext().spanId })));
  });

  test('ends once, however often its end is told', () => {
    const listener = httpCalls().callStarted(get);
    listener.attemptStarted(first);
    listener.attemptEnded(first, { result: 'failure', status: 500 });
    listener.attemptEnded(first, { result: 'success', status: 200 });
    expect(onlySpan().attributes).toMatchObject({ 'http.response.status_code': 500 });
  });
});

test('an attempt as an event is told on the span that was active when its call began, and adds no headers', () => {
  const parent = tracer.startSpan('parent');
  const observer = httpCalls({ attempts: 'events' });
  const listener = context.with(trace.setSpan(context.active(), parent), () => observer.callStarted(get));
  expect(listener.attemptStarted(first)).toEqual({});
  endBoth(listener, { result: 'success', status: 200 });
  callOnce(observer, { result: 'success', status: 200 }); // no span is active
  parent.end();
  const attributes = {
    'server.service.name': 'orders',
    'rollcall.instance.id': 'orders-1',
    'http.response.status_code': 200,
  };
  expect(onlySpan().events).toMatchObject([{ name: 'rollcall.attempt', attributes }]);
});

test('attempts leave no trace where that is off, and are measured all the same', async () => {
  await using metering = openMetering();
  const { meterProvider } = metering;
  callOnce(httpCalls({ attempts: 'off', meterProvider }), { result: 'success', status: 200 });
  expect(exporter.getFinishedSpans()).toEqual([]);
  expect(await metering.lines('rollcall.client.attempt.duration')).toHaveProperty(['orders first success']);
});

test('calls and attempts are measured in seconds, retries apart', async () => {
  await using metering = openMetering();
  const clock = manualClock();
  const listener = httpCalls({ meterProvider: metering.meterProvider, clock }).callStarted(get);
  listener.attemptStarted(first);
  await clock.advance(250);
  listener.attemptEnded(first, { result: 'failure', status: 503 });
  await clock.advance(10);
  listener.attemptStarted(second);
  await clock.advance(40);
  endBoth(listener, { result: 'success', status: 200 }, second);
  expect(await metering.lines('rollcall.client.attempt.duration')).toMatchObject({
    'orders first failure 503': { count: 1, sum: 0.25 },
    'orders retry success': { count: 1, sum: 0.04 },
  });
  expect(await metering.lines('rollcall.client.call.duration')).toMatchObject({ orders: { count: 1, sum: 0.3 } });
});

test('a call for which there was nobody is measured, with why', async () => {
  await using metering = openMetering();
  const listener = httpCalls({ meterProvider: metering.meterProvider }).callStarted(get);
  listener.callEnded({ error: new NoInstanceError({ code: 'NONE_LISTED', service: 'orders' }, 'nobody') });
  expect(await metering.lines('rollcall.client.call.duration')).toHaveProperty(['orders NONE_LISTED']);
});

test('attempts tell instances apart where ids are shown', async () => {
  await using metering = openMetering();
  const { meterProvider } = metering;
  callOnce(httpCalls({ meterProvider, instanceIds: 'shown' }), { result: 'success', status: 200 });
  expect(await metering.lines('rollcall.client.attempt.duration')).toHaveProperty(['orders first success orders-1']);
});
