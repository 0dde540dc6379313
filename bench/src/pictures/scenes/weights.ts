import { leastOutstanding, type Policy, roundRobin, weightedRandom, weightedRoundRobin } from '@rollcall/balancer';
import { card, type Picture, top } from '../drawing/card.ts';
import { colourOf, colours } from '../drawing/colours.ts';
import { bar, label, line, type Marks } from '../drawing/marks.ts';
import { instances } from '../simulation/fleet.ts';
import { callsEach, heldCalls } from '../simulation/held-calls.ts';

const weights = [50, 100, 200, 400];
const calls = 1_500;
const asked = weights.map((weight) => (calls * weight) / weights.reduce((sum, one) => sum + one, 0));
const height = 360;
const bottom = height - 64;

/** What is compared. */
const policies: readonly Policy[] = [weightedRoundRobin(), weightedRandom(), leastOutstanding(), roundRobin()];

/** How many of 1,500 calls each of four instances gets whose weights are as 1 : 2 : 4 : 8. */
export function measureWeights(policy: Policy): readonly number[] {
  const fleet = instances(weights.length, weights);
  return callsEach(fleet, heldCalls({ policy, instances: fleet, count: calls, underWay: 15, context: () => ({}) }).ids);
}

export function weightsPicture(): Picture {
  const measured = policies.map((policy) => ({ policy, counts: measureWeights(policy) }));
  return card({
    name: 'weights',
    title: 'Which policies follow the weights of instances',
    subtitle: '1,500 calls, 15 under way at a time; black lines show what the weights ask for',
    description: `Calls that instances of weight 50, 100, 200 and 400 get of 1,500. Asked for: ${asked.join(', ')}. ${measured.map(({ policy, counts }) => `${policy.name}: ${counts.join(', ')}`).join('; ')}.`,
    height,
    marks: [
      measured.map(({ policy, counts }, index) => panel(policy, counts, 24 + index * 172)),
      label(696, height - 18, 'weight of the instance; above each bar, the calls that it got', {
        anchor: 'end',
        colour: colours.grey,
      }),
    ],
  });
}

function y(count: number): number {
  return bottom - (count / 850) * (bottom - top - 40);
}

function panel(policy: Policy, counts: readonly number[], left: number): Marks {
  return [
    label(left, top + 4, policy.name, { weight: 'bold', colour: colourOf(policy) }),
    counts.map((count, index) => {
      const x = left + index * 36;
      const wanted = asked[index] ?? 0;
      return [
        bar([x, y(count)], [x + 28, bottom], colourOf(policy)),
        line(
          [
            [x - 3, y(wanted)],
            [x + 31, y(wanted)],
          ],
          { width: 2 },
        ),
        label(x + 14, Math.min(y(count), y(wanted)) - 6, String(count), { anchor: 'middle', size: 12 }),
        label(x + 14, bottom + 18, String(weights[index]), { anchor: 'middle', size: 12, colour: colours.grey }),
      ];
    }),
  ];
}
