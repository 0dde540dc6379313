import { leastOutstanding, peakEwma, type Policy, roundRobin, weightedRandom } from '@rollcall/balancer';
import { card, type Picture } from '../drawing/card.ts';
import { colourOf, colours } from '../drawing/colours.ts';
import { dot, label, line } from '../drawing/marks.ts';
import { type Plot, plot } from '../drawing/plot.ts';
import { duration, percent } from '../drawing/words.ts';
import { percentile } from '../simulation/percentile.ts';
import { deadlineMs, patient, traffic } from '../simulation/traffic.ts';

/** What is compared. */
const policies: readonly Policy[] = [roundRobin(), weightedRandom(), leastOutstanding(), peakEwma()];
/** Over how many processes the calls are spread. */
const callerCounts: readonly number[] = [1, 50];

const warmUpMs = 5_000;
const top = 128;
const rowHeight = 64;
const bottom = top + policies.length * rowHeight;

/** How a policy fares while one of ten instances is ten times slower than the others. */
export interface SlowInstanceFindings {
  readonly p50: number;
  readonly p99: number;
  /** The part of the calls that went to the slow one. */
  readonly toSlow: number;
  /** The part of the calls whose callers gave up. */
  readonly givenUp: number;
}

export function measureSlowInstance(policy: Policy, callers: number): SlowInstanceFindings {
  const slow = traffic({
    balancer: { policy },
    callers,
    load: 0.7,
    forMs: 20_000,
    incidents: [
      {
        atMs: 0,
        happen: ({ server }) => {
          server(patient).slowness = 10;
        },
      },
    ],
  });
  const calls = slow.filter(({ startedAtMs }) => startedAtMs >= warmUpMs);
  const elapsed = calls.map(({ elapsedMs }) => elapsedMs);
  return {
    p50: percentile(elapsed, 0.5),
    p99: percentile(elapsed, 0.99),
    toSlow: calls.filter(({ id }) => id === patient).length / calls.length,
    givenUp: calls.filter(({ result }) => result === 'failure').length / calls.length,
  };
}

export function slowInstancePicture(): Picture {
  const panels = callerCounts.map((callers, index) => ({
    heading: callers === 1 ? 'one caller makes all calls' : `${callers} callers, each on its own`,
    left: 160 + index * 290,
    rows: policies.map((policy) => ({ policy, ...measureSlowInstance(policy, callers) })),
  }));
  return card({
    name: 'slow-instance',
    title: 'One of ten instances is ten times slower than the others',
    subtitle: `at 70 % of what ten healthy ones can do; 50 ms of work a call; given up after ${duration(deadlineMs)}`,
    description: panels
      .map(
        ({ heading, rows }) => `With ${heading}: ${rows.map((row) => `${row.policy.name} ${said(row)}`).join('; ')}.`,
      )
      .join(' '),
    height: bottom + 60,
    marks: [
      policies.map((policy, row) =>
        label(144, top + (row + 0.5) * rowHeight - 2, policy.name, {
          anchor: 'end',
          weight: 'bold',
          colour: colourOf(policy),
        }),
      ),
      panels.map(({ heading, left, rows }) => {
        const dumbbells = plot(
          { left, top: top - 8, right: left + 230, bottom },
          {
            x: {
              from: 30,
              to: 2_500,
              kind: 'logarithmic',
              ticks: [50, 200, 1_000],
              name: duration,
              title: 'small: half of the calls; large: 99 %',
            },
          },
        );
        return [
          label(left, top - 22, heading, { weight: 'bold' }),
          dumbbells.marks,
          rows.map((row, index) => dumbbell(dumbbells, row, row.policy, top + (index + 0.5) * rowHeight)),
        ];
      }),
    ],
  });
}

function said({ p50, p99, toSlow, givenUp }: SlowInstanceFindings): string {
  const lost = givenUp >= 0.001 ? `, ${percent(givenUp)} given up` : '';
  return `p50 ${duration(p50)}, p99 ${duration(p99)}, ${percent(toSlow)} of the calls to the slow one${lost}`;
}

/** Half of the calls, 99 % of them, and in words what became of the slow one. */
function dumbbell(
  { x, box }: Plot,
  { p50, p99, toSlow, givenUp }: SlowInstanceFindings,
  policy: Policy,
  y: number,
): readonly string[] {
  const colour = colourOf(policy);
  const at = y - 6;
  const lost = givenUp >= 0.001 ? `, ${percent(givenUp)} given up` : '';
  return [
    line(
      [
        [x(p50), at],
        [x(p99), at],
      ],
      { colour, width: 3 },
    ),
    dot([x(p50), at], 5, colour),
    dot([x(p99), at], 7, colour),
    label(x(p99), at - 11, duration(p99), { anchor: 'middle', colour, size: 12 }),
    label(box.left, y + 18, `${percent(toSlow)} to the slow one${lost}`, { size: 12, colour: colours.grey }),
  ];
}
