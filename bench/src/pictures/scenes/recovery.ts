import { leastOutstanding, peakEwma, type Policy } from '@rollcall/balancer';
import { card, type Picture } from '../drawing/card.ts';
import { colourOf } from '../drawing/colours.ts';
import { period } from '../drawing/period.ts';
import { plot } from '../drawing/plot.ts';
import { series } from '../drawing/series.ts';
import { percent } from '../drawing/words.ts';
import { shareBetween, sharePerInterval } from '../simulation/intervals.ts';
import { type EndedCall, patient, traffic } from '../simulation/traffic.ts';

/** From when to when the instance is slow, in seconds. */
const slow = [10, 30] as const;
const seconds = 60;

/** What is compared. */
const policies: readonly Policy[] = [leastOutstanding(), peakEwma()];

/** Calls while one of ten instances is ten times slower for a while. */
export function measureRecovery(policy: Policy): readonly EndedCall[] {
  return traffic({
    balancer: { policy },
    load: 0.7,
    forMs: seconds * 1_000,
    incidents: [
      {
        atMs: slow[0] * 1_000,
        happen: ({ server }) => {
          server(patient).slowness = 10;
        },
      },
      {
        atMs: slow[1] * 1_000,
        happen: ({ server }) => {
          server(patient).slowness = 1;
        },
      },
    ],
  });
}

/** The part of the calls that went to it between two instants, in seconds. */
export function shareOfPatient(calls: readonly EndedCall[], between: readonly [number, number]): number {
  return shareBetween(calls, between, isForPatient);
}

export function recoveryPicture(): Picture {
  const measured = policies.map((policy) => ({ policy, calls: measureRecovery(policy) }));
  const chart = plot(
    { left: 72, top: 118, right: 560, bottom: 330 },
    {
      x: { from: 0, to: seconds, ticks: [0, 10, 20, 30, 40, 50, 60], title: 'seconds' },
      y: {
        from: 0,
        to: 0.15,
        ticks: [0, 0.05, 0.1, 0.15],
        name: (value) => `${Math.round(value * 100)} %`,
        title: 'share of the calls that go to orders-3, one of ten',
      },
    },
  );
  return card({
    name: 'recovery',
    title: 'One of ten instances becomes slow, and recovers',
    subtitle: 'peakEwma forgets within some ten seconds; leastOutstanding looks at calls under way alone',
    description: `Share of the calls that go to one of ten instances that is ten times slower for 20 s. ${measured
      .map(
        ({ policy, calls }) =>
          `${policy.name}: ${percent(shareOfPatient(calls, [12, 30]))} while it is slow, ${percent(shareOfPatient(calls, [30, 35]))} in the 5 s after that, ${percent(shareOfPatient(calls, [45, 60]))} from 15 s after that on`,
      )
      .join('; ')}.`,
    height: 384,
    marks: [
      period(chart, slow[0], slow[1], 'ten times slower'),
      chart.marks,
      series(
        chart,
        measured.map(({ policy, calls }) => ({
          name: policy.name,
          colour: colourOf(policy),
          values: sharePerInterval(calls, 2_000, isForPatient),
        })),
      ),
    ],
  });
}

function isForPatient({ id }: EndedCall): boolean {
  return id === patient;
}
