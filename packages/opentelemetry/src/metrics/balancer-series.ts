import type { Balancer, BalancerStats } from '@rollcall/balancer';
import type { Attributes } from '@opentelemetry/api';
import type { ObservedMetric } from './definitions.ts';
import type { SeriesTable } from './series-table.ts';

type ObservableBalancer = Pick<Balancer, 'service' | 'stats'>;

/** One balancer, and what of its counts has been added already: they go on where those of the former one of its service ended. */
export class BalancerSeries {
  readonly #balancer: ObservableBalancer;
  #added: BalancerStats;

  /** What it did before counts for nobody. */
  constructor(balancer: ObservableBalancer) {
    this.#balancer = balancer;
    this.#added = balancer.stats;
  }

  /** Adds whom it has, and what it has done. */
  add(series: SeriesTable): void {
    this.addCounts(series);
    const { service } = this.#balancer;
    const { instances, acquired, done } = this.#added;
    for (const [state, count] of Object.entries(instances))
      series.add(
        'rollcall.balancer.instance.count',
        { 'rollcall.service.name': service, 'rollcall.balancer.instance.state': state },
        count,
      );
    const active = acquired - done.success - done.failure - done.ignored;
    series.add('rollcall.balancer.active_calls', { 'rollcall.service.name': service }, active);
    series.add('rollcall.balancer.ejections', { 'rollcall.service.name': service }, 0);
  }

  /** Adds what it has done since the last time. */
  addCounts(series: SeriesTable): void {
    const before = countsOf(this.#added);
    this.#added = this.#balancer.stats;
    for (const [index, { metric, attributes, value }] of countsOf(this.#added).entries())
      series.add(
        metric,
        { 'rollcall.service.name': this.#balancer.service, ...attributes },
        value - (before[index]?.value ?? 0),
      );
  }
}

interface Count {
  readonly metric: ObservedMetric;
  readonly attributes: Attributes;
  readonly value: number;
}

/** Always the same ones in the same order. */
function countsOf({ picked, acquired, done, refused }: BalancerStats): readonly Count[] {
  return [
    { metric: 'rollcall.balancer.picks', attributes: {}, value: picked + acquired },
    ...Object.entries(done).map(([result, value]): Count => {
      return { metric: 'rollcall.balancer.calls', attributes: { 'rollcall.call.result': result }, value };
    }),
    ...Object.entries(refused).map(([code, value]): Count => {
      return { metric: 'rollcall.balancer.refusals', attributes: { 'error.type': code }, value };
    }),
  ];
}
