import {
  consistentHash,
  leastOutstanding,
  peakEwma,
  type PickContext,
  type Policy,
  roundRobin,
  weightedRandom,
} from '@rollcall/balancer';
import { card, type Picture, top } from '../drawing/card.ts';
import { colourOf, colours } from '../drawing/colours.ts';
import { dot, label } from '../drawing/marks.ts';
import { plot } from '../drawing/plot.ts';
import { instances } from '../simulation/fleet.ts';
import { callsEach, heldCalls } from '../simulation/held-calls.ts';

const calls = 1_000;
const count = 10;
const rowHeight = 62;
const dotRadius = 3.5;

/** What is compared. */
const rows: readonly { readonly name: string; readonly policy: Policy }[] = [
  { name: 'roundRobin', policy: roundRobin() },
  { name: 'leastOutstanding', policy: leastOutstanding() },
  { name: 'peakEwma', policy: peakEwma() },
  { name: 'weightedRandom', policy: weightedRandom() },
  { name: 'consistentHash', policy: consistentHash() },
  { name: 'consistentHash, no bound', policy: consistentHash({ loadBound: Infinity }) },
];

/** How many of 1,000 calls each of ten equal instances gets: thirty are under way at a time, and each has a key of its own. */
export function measureSpread(policy: Policy): readonly number[] {
  const fleet = instances(count);
  return callsEach(fleet, heldCalls({ policy, instances: fleet, count: calls, underWay: 30, context: ownKey }).ids);
}

function ownKey(call: number): PickContext {
  return { key: `user-${call}` };
}

export function spreadPicture(): Picture {
  const measured = rows.map((row) => ({ ...row, counts: measureSpread(row.policy) }));
  const bottom = top + rows.length * rowHeight;
  const strip = plot(
    { left: 220, top, right: 590, bottom },
    {
      x: {
        from: 60,
        to: 150,
        ticks: [60, 80, 100, 120, 140],
        title: 'calls that an instance got: one dot for each instance',
      },
    },
  );
  return card({
    name: 'spread',
    title: 'How evenly 1,000 calls are dealt among 10 equal instances',
    subtitle: '30 calls are under way at a time, and each has a key of its own',
    description: `Calls that each of 10 equal instances gets of 1,000, from the fewest to the most. ${measured.map(({ name, counts }) => `${name}: ${range(counts)}`).join('; ')}.`,
    height: bottom + 60,
    marks: [
      strip.marks,
      measured.map(({ name, policy, counts }, row) => {
        const y = top + (row + 0.5) * rowHeight;
        return [
          label(204, y + 4, name, { anchor: 'end', weight: 'bold', colour: colourOf(policy) }),
          swarm(
            counts.map((value) => strip.x(value)),
            y,
          ).map((point) => dot(point, dotRadius, colourOf(policy))),
          label(610, y + 4, range(counts), { colour: colours.grey }),
        ];
      }),
    ],
  });
}

function range(counts: readonly number[]): string {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return fewest === most ? `${most} each` : `${fewest} to ${most}`;
}

/** Dots beside each other where they would cover each other: those of one column stand around `y`. */
function swarm(places: readonly number[], y: number): readonly (readonly [number, number])[] {
  const step = dotRadius * 1.6;
  const columns = new Map<number, number[]>();
  for (const place of places) {
    const column = Math.round(place / (dotRadius * 2));
    columns.set(column, [...(columns.get(column) ?? []), place]);
  }
  return [...columns.values()].flatMap((column) =>
    column.map((place, index): [number, number] => [place, y + (index - (column.length - 1) / 2) * step]),
  );
}
