import type { Attributes } from '@opentelemetry/api';
import { type ObservedMetric, observedMetrics } from './definitions.ts';

/** One line of a metric. */
export interface Series {
  readonly metric: ObservedMetric;
  readonly attributes: Attributes;
  readonly value: number;
}

/**
 * Everything that is observed, and ever was. A series that nobody adds to any more is told as 0 from then on: SDKs go on telling the last
 * value of a series that they hear nothing of, and a service would seem to be live and stale at once.
 */
export class SeriesTable {
  readonly #series = new Map<
    string,
    { readonly metric: ObservedMetric; readonly attributes: Attributes; value: number }
  >();

  /** All of it. */
  get all(): Iterable<Series> {
    return this.#series.values();
  }

  /** What there is now is about to be told anew. Counts stay. */
  begin(): void {
    for (const series of this.#series.values())
      if (observedMetrics[series.metric].instrument !== 'counter') series.value = 0;
  }

  /** Adds to a series; a gauge becomes `value` if it is less. `attributes` come in the order of their definition. */
  add(metric: ObservedMetric, attributes: Attributes, value: number): void {
    const key = [metric, ...Object.values(attributes)].join('\0');
    const series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, { metric, attributes, value });
    else if (observedMetrics[metric].instrument === 'gauge') series.value = Math.max(series.value, value);
    else series.value += value;
  }
}
