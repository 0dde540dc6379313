import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { type RecordedMetric, recordedMetrics } from '../metrics/definitions.ts';
import { quietly } from '../quietly.ts';

/** As the conventions have them for HTTP, in seconds. */
const bounds: number[] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** How long calls and their attempts take. */
export class Durations {
  readonly #histograms: Readonly<Record<RecordedMetric, Histogram | undefined>>;

  constructor(meter: Meter) {
    this.#histograms = {
      'rollcall.client.call.duration': histogramOf(meter, 'rollcall.client.call.duration'),
      'rollcall.client.attempt.duration': histogramOf(meter, 'rollcall.client.attempt.duration'),
    };
  }

  record(metric: RecordedMetric, ms: number, attributes: Attributes): void {
    quietly('recording a duration', () => this.#histograms[metric]?.record(ms / 1_000, attributes));
  }
}

function histogramOf(meter: Meter, metric: RecordedMetric): Histogram | undefined {
  const { unit, description } = recordedMetrics[metric];
  const advice = { explicitBucketBoundaries: bounds };
  return quietly('opening a histogram', () => meter.createHistogram(metric, { unit, description, advice }));
}
