import { type BalancerOptions, createBalancer, weightedRoundRobin } from '@rollcall/balancer';
import { card, type Picture } from '../drawing/card.ts';
import { colours } from '../drawing/colours.ts';
import { plot } from '../drawing/plot.ts';
import { series } from '../drawing/series.ts';
import { fleetOf, instances, nameOf } from '../simulation/fleet.ts';
import { randomNumbers } from '../simulation/random-numbers.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';

const callsPerSecond = 1_000;
const arrivalSeconds = 10;
const seconds = 60;
const windowMs = 30_000;

/** How many calls in each second go to an instance that comes after ten seconds as the tenth. */
export function measureSlowStart(slowStart: BalancerOptions['slowStart']): readonly number[] {
  const clock = new SimulatedClock();
  const newcomer = nameOf(9);
  const fleet = fleetOf(instances(9));
  using balancer = createBalancer(fleet, { policy: weightedRoundRobin(), slowStart, clock, random: randomNumbers(1) });
  clock.schedule(arrivalSeconds * 1_000, () => fleet.set(instances(10)));
  return Array.from({ length: seconds }, (_, second) => {
    let got = 0;
    for (let call = 1; call <= callsPerSecond; call += 1) {
      clock.runTo((second + call / callsPerSecond) * 1_000);
      if (balancer.pick().id === newcomer) got += 1;
    }
    return got;
  });
}

export function slowStartPicture(): Picture {
  const slowly = measureSlowStart({ windowMs });
  const atOnce = measureSlowStart(undefined);
  const chart = plot(
    { left: 72, top: 108, right: 570, bottom: 310 },
    {
      x: { from: 0, to: seconds, ticks: [0, 10, 20, 30, 40, 50, 60], title: 'seconds' },
      y: {
        from: 0,
        to: 120,
        ticks: [0, 20, 40, 60, 80, 100, 120],
        title: 'calls a second that the newcomer gets, of 1,000',
      },
    },
  );
  return card({
    name: 'slow-start',
    title: 'A tenth instance comes after ten seconds',
    subtitle: 'weightedRoundRobin, 1,000 calls a second in all; slowStart with a window of 30 s',
    description: `Calls a second that a newcomer gets of 1,000, as the tenth instance. At once: ${atOnce[arrivalSeconds + 1]}. With a slow start over 30 s: ${[1, 10, 20, 31].map((later) => `${slowly[arrivalSeconds + later]} after ${later} s`).join(', ')}.`,
    height: 364,
    marks: [
      chart.marks,
      series(chart, [
        { name: 'at once', colour: colours.grey, nameAt: 114, values: values(atOnce) },
        { name: 'with slowStart', colour: colours.blue, nameAt: 96, values: values(slowly) },
      ]),
    ],
  });
}

function values(counts: readonly number[]): readonly (readonly [number, number])[] {
  return counts.map((count, second) => [second + 0.5, count]);
}
