import { readFile } from 'node:fs/promises';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { observedMetrics, recordedMetrics } from '../src/metrics/definitions.ts';
import { openScene, type Scene } from './scene.ts';

const page = await readFile(new URL('../../../docs/observability.md', import.meta.url), 'utf8');

/** The cells of the table whose first column has this heading. */
function table(heading: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rest = lines.slice(start + 2);
  return rest
    .slice(
      0,
      rest.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** What stands between backticks. */
function words(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

const attributes = new Map(
  table('attribute').map(([name = '', where = '', values = '']) => [words(name)[0] ?? '', { where, values }]),
);

/** One of everything: an ejection, a retry, each result, a protection, a registration. */
async function live(scene: Scene): Promise<void> {
  const { telemetry, balancer } = scene;
  telemetry.observeRegistration(
    await scene.provider.register({ service: 'billing', id: 'x', endpoints: ['http://192.0.2.1:80'] }),
  );
  for (const result of ['success', 'ignored', 'failure'] as const) balancer.acquire().done(result);
  scene.store.wipe();
  await scene.clock.advance(0);
  const calls = [
    [telemetry.httpCalls, 'GET', 200],
    [telemetry.httpCalls, 'PURGE', 503],
    [telemetry.grpcCalls, 'shop.Orders/Get', 'UNAVAILABLE'],
  ] as const;
  for (const [observer, method, status] of calls) {
    const call = observer.callStarted({ service: 'orders', method, path: '/a?b=c' });
    for (const [index, result] of (['failure', 'ignored', 'success'] as const).entries()) {
      const attempt = { number: index + 1, instance: { id: 'a' }, url: 'http://192.0.2.1:80' };
      call.attemptStarted(attempt);
      call.attemptEnded(attempt, { result, status });
    }
    call.callEnded({ status });
  }
}

test('the table of metrics is that of the code', () => {
  expect(table('metric')).toEqual(
    Object.entries({ ...observedMetrics, ...recordedMetrics }).map(([name, metric]) => [
      `\`${name}\``,
      metric.instrument,
      `\`${metric.unit}\``,
      metric.attributes.map((attribute) => `\`${attribute}\``).join(', '),
      metric.description,
    ]),
  );
});

test('what is exported has the unit and the attributes that the table says, and all of it is exported', async () => {
  await using scene = await openScene(['a', 'b', 'c'], { instanceIds: 'shown' });
  await live(scene);
  const exported = await scene.metering.collect();
  const definitions = new Map(Object.entries({ ...observedMetrics, ...recordedMetrics }));
  expect(exported.map(({ descriptor }) => descriptor.name).toSorted()).toEqual([...definitions.keys()].toSorted());
  for (const { descriptor, dataPoints } of exported) {
    const definition = definitions.get(descriptor.name);
    expect(descriptor).toMatchObject({ unit: definition?.unit, description: definition?.description });
    const known = definition?.attributes ?? [];
    for (const point of dataPoints) {
      const keys = Object.keys(point.attributes);
      expect(keys.filter((key) => !known.includes(key) && !known.includes(`${key}?`))).toEqual([]);
      expect(known.filter((key) => !key.endsWith('?') && !keys.includes(key))).toEqual([]);
    }
  }
});

test('the values that are listed are those that are told, all of them', async () => {
  await using scene = await openScene();
  await live(scene);
  const told = new Map<string, Set<unknown>>();
  for (const { dataPoints } of await scene.metering.collect())
    for (const point of dataPoints)
      for (const [key, value] of Object.entries(point.attributes))
        told.set(key, (told.get(key) ?? new Set()).add(value));
  expect([...told.keys()].filter((key) => attributes.get(key)?.where.includes('metrics') !== true)).toEqual([]);
  const listed = [...attributes].filter(([name, { values }]) => told.has(name) && /^`[^`]+`(, `[^`]+`)+$/.test(values));
  expect(listed).toHaveLength(7);
  for (const [name, { values }] of listed) expect(told.get(name)).toEqual(new Set(words(values)));
});

test('the attributes of spans are those that are listed, all of them', async () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  await using scene = await openScene(['a', 'b', 'c'], { tracerProvider });
  await live(scene);
  const told = new Set(exporter.getFinishedSpans().flatMap((span) => Object.keys(span.attributes)));
  const listed = [...attributes].filter(([, { where }]) => where.includes('spans')).map(([name]) => name);
  expect([...told].toSorted()).toEqual(listed.toSorted());
});
