import { canary, createBalancer, roundRobin } from '@rollcall/balancer';
import { card, type Picture } from '../drawing/card.ts';
import { colours } from '../drawing/colours.ts';
import { plot } from '../drawing/plot.ts';
import { series } from '../drawing/series.ts';
import { fleetOf, instances, nameOf } from '../simulation/fleet.ts';
import { randomNumbers } from '../simulation/random-numbers.ts';

const calls = 1_000;
const share = 0.05;
const canaryId = nameOf(0);

/** For each call, whether it goes to the canary. */
export type Deal = () => boolean;

/** The policy. */
export function counted(): Deal {
  const policy = canary({ is: ({ id }) => id === canaryId, share, policy: roundRobin() });
  const balancer = createBalancer(fleetOf(instances(10)), { policy, random: randomNumbers(1) });
  return () => balancer.pick().id === canaryId;
}

/** The baseline: a coin is thrown for each call. */
export function thrown(seed: number): Deal {
  const random = randomNumbers(seed);
  return () => random() < share;
}

/** After each of 1,000 calls, how many more than 5 % of the calls until then have gone to the canary. */
export function measureCanary(deal: Deal): readonly number[] {
  let got = 0;
  return Array.from({ length: calls }, (_, index) => {
    if (deal()) got += 1;
    return got - share * (index + 1);
  });
}

export function canaryPicture(): Picture {
  const ours = measureCanary(counted());
  const coins = [11, 12, 13].map((seed) => measureCanary(thrown(seed)));
  const chart = plot(
    { left: 72, top: 108, right: 530, bottom: 310 },
    {
      x: { from: 0, to: calls, ticks: [0, 250, 500, 750, 1_000], title: 'calls' },
      y: {
        from: -10,
        to: 10,
        ticks: [-10, -5, 0, 5, 10],
        name: signed,
        title: 'calls that the canary got, more or less than 5 % of all until then',
      },
    },
  );
  const farthest = Math.max(...coins.flat().map(Math.abs));
  return card({
    name: 'canary',
    title: 'A canary that is to get 5 % of the calls',
    subtitle: 'canary counts: after any number of calls it is less than one call off; coins drift',
    description: `Calls that a canary got, more or less than 5 % of all calls until then, over 1,000 calls. canary: at most ${Math.max(...ours.map(Math.abs)).toFixed(2)} off; three runs in which a coin is thrown for each call: up to ${farthest.toFixed(0)} off.`,
    height: 364,
    marks: [
      chart.marks,
      series(chart, [
        ...coins.map((coin, index) => ({
          name: index === 0 ? 'three runs of a coin' : undefined,
          nameAt: -3,
          colour: colours.grey,
          values: values(coin),
        })),
        { name: 'canary', colour: colours.vermilion, values: values(ours) },
      ]),
    ],
  });
}

/** Every fourth, which is enough for a line. */
function values(differences: readonly number[]): readonly (readonly [number, number])[] {
  return differences
    .map((difference, index): [number, number] => [index + 1, difference])
    .filter((_, index) => index % 4 === 0);
}

function signed(value: number): string {
  if (value === 0) return '0';
  return value > 0 ? `+${value}` : `−${-value}`;
}
