import { type BalancerOptions, leastOutstanding, peakEwma, roundRobin } from '@rollcall/balancer';
import { card, type Picture } from '../drawing/card.ts';
import { colourOf, colours } from '../drawing/colours.ts';
import { period } from '../drawing/period.ts';
import { plot } from '../drawing/plot.ts';
import { series } from '../drawing/series.ts';
import { percent } from '../drawing/words.ts';
import { shareBetween, sharePerInterval } from '../simulation/intervals.ts';
import { type EndedCall, patient, traffic } from '../simulation/traffic.ts';

/** From when to when the instance fails, in seconds. */
const failing = [5, 45] as const;
const seconds = 60;

/** How an instance is chosen, and who is left out. */
export type Choice = Pick<BalancerOptions, 'policy' | 'ejection'>;

/** What is compared. */
const rows: readonly { readonly name: string; readonly choice: Choice }[] = [
  { name: 'leastOutstanding', choice: { policy: leastOutstanding() } },
  { name: 'peakEwma', choice: { policy: peakEwma() } },
  { name: 'roundRobin', choice: { policy: roundRobin() } },
  { name: 'with ejection', choice: { policy: leastOutstanding(), ejection: {} } },
];

/** Calls while one of ten instances refuses every call within a millisecond for a while. */
export function measureFailingInstance(balancer: Choice): readonly EndedCall[] {
  return traffic({
    balancer,
    load: 0.7,
    forMs: seconds * 1_000,
    incidents: [
      {
        atMs: failing[0] * 1_000,
        happen: ({ server }) => {
          server(patient).health = 'fails at once';
        },
      },
      {
        atMs: failing[1] * 1_000,
        happen: ({ server }) => {
          server(patient).health = 'answers';
        },
      },
    ],
  });
}

/** The part of the calls that failed while the instance did. */
export function failedShare(calls: readonly EndedCall[]): number {
  return shareBetween(calls, failing, isFailure);
}

export function failingInstancePicture(): Picture {
  const measured = rows.map(({ name, choice }) => ({
    name,
    colour: choice.ejection === undefined ? colourOf(choice.policy) : colours.ink,
    calls: measureFailingInstance(choice),
  }));
  const chart = plot(
    { left: 72, top: 118, right: 530, bottom: 330 },
    {
      x: { from: 0, to: seconds, ticks: [0, 15, 30, 45, 60], title: 'seconds' },
      y: {
        from: 0,
        to: 0.25,
        ticks: [0, 0.05, 0.1, 0.15, 0.2, 0.25],
        name: (value) => `${Math.round(value * 100)} %`,
        title: 'calls that fail',
      },
    },
  );
  return card({
    name: 'failing-instance',
    title: 'One of ten instances refuses every call, at once',
    subtitle: 'an instance that fails at once has nothing under way: it looks idle, and draws calls',
    description: `Part of the calls that fail while one of ten instances refuses every call at once. ${measured.map(({ name, calls }) => `${name}: ${percent(failedShare(calls))}`).join('; ')}. Ejection is shown with leastOutstanding and its defaults: after 30 s the instance is tried again, and is out again after five calls.`,
    height: 384,
    marks: [
      period(chart, failing[0], failing[1], 'orders-3 refuses every call'),
      chart.marks,
      series(
        chart,
        measured.map(({ name, colour, calls }) => ({
          name: `${name}, ${percent(failedShare(calls))}`,
          colour,
          values: sharePerInterval(calls, 1_000, isFailure),
          nameAt: failedShare(calls),
        })),
      ),
    ],
  });
}

function isFailure({ result }: EndedCall): boolean {
  return result === 'failure';
}
