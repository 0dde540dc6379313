import {
  AggregationTemporality,
  InMemoryMetricExporter,
  type MetricData,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/** A real SDK whose metrics a test collects when it likes. */
export interface Metering extends AsyncDisposable {
  readonly meterProvider: MeterProvider;
  /** Everything that is exported now. */
  collect(): Promise<readonly MetricData[]>;
  /** The lines of one metric: the values of its attributes but for the service, and its value. */
  lines(metric: string): Promise<Readonly<Record<string, unknown>>>;
}

export function openMetering(): Metering {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  async function collect(): Promise<readonly MetricData[]> {
    exporter.reset();
    await reader.forceFlush();
    return exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  }
  return {
    meterProvider,
    collect,
    async lines(metric) {
      const found = (await collect()).find(({ descriptor }) => descriptor.name === metric);
      return Object.fromEntries(
        (found?.dataPoints ?? []).map(({ attributes, value }) => {
          const { 'rollcall.service.name': service, ...others } = attributes;
          return [[service, ...Object.values(others)].join(' '), value];
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      await meterProvider.shutdown();
    },
  };
}
