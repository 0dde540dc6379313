import type { BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';
import { quietly } from '../quietly.ts';
import { type MetricDefinition, observedMetrics } from './definitions.ts';
import type { SeriesTable } from './series-table.ts';

/**
 * Lets `read` fill the table, and tells what is in it, each time that somebody collects.
 * @returns what ends that
 */
export function observeSeries(meter: Meter, series: SeriesTable, read: () => void): () => void {
  const instruments = new Map<string, Observable>();
  for (const [name, definition] of Object.entries(observedMetrics))
    instruments.set(name, instrumentOf(meter, name, definition));
  const observables = [...instruments.values()];
  const callback: BatchObservableCallback = (result) => {
    quietly('a collection of metrics', () => {
      series.begin();
      read();
      for (const { metric, value, attributes } of series.all) {
        const instrument = instruments.get(metric);
        if (instrument !== undefined) result.observe(instrument, value, attributes);
      }
    });
  };
  meter.addBatchObservableCallback(callback, observables);
  return () => meter.removeBatchObservableCallback(callback, observables);
}

function instrumentOf(meter: Meter, name: string, { instrument, unit, description }: MetricDefinition): Observable {
  const options = { unit, description };
  switch (instrument) {
    case 'counter':
      return meter.createObservableCounter(name, options);
    case 'up-down counter':
      return meter.createObservableUpDownCounter(name, options);
    case 'gauge':
    case 'histogram':
      return meter.createObservableGauge(name, options);
  }
}
