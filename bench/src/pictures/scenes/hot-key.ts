import { consistentHash, createBalancer } from '@rollcall/balancer';
import { card, type Picture } from '../drawing/card.ts';
import { colours } from '../drawing/colours.ts';
import { bar, label, line } from '../drawing/marks.ts';
import { plot } from '../drawing/plot.ts';
import { percent } from '../drawing/words.ts';
import { fleetOf, instances } from '../simulation/fleet.ts';
import { heldCalls } from '../simulation/held-calls.ts';
import { randomNumbers } from '../simulation/random-numbers.ts';

const fleet = instances(10);
const calls = 10_000;
const underWay = 100;
const hotShare = 0.3;

/** What is compared. */
const loadBounds: readonly number[] = [Infinity, 2, 1.25];

/** What a load bound does while 30 % of all calls ask for one key. */
export interface HotKeyFindings {
  /** The most calls that were under way to one instance, of a hundred to ten. */
  readonly most: number;
  /** The part of the calls that reached the instance that their key belongs to. */
  readonly atHome: number;
}

export function measureHotKey(loadBound: number): HotKeyFindings {
  const random = randomNumbers(5);
  const keys = Array.from({ length: calls }, () =>
    random() < hotShare ? 'the hot key' : `user-${Math.floor(random() * calls)}`,
  );
  const context = (call: number): { key: string } => ({ key: keys[call] ?? '' });
  const { ids, mostUnderWay } = heldCalls({
    policy: consistentHash({ loadBound }),
    instances: fleet,
    count: calls,
    underWay,
    context,
  });
  using owners = createBalancer(fleetOf(fleet), { policy: consistentHash({ loadBound: Infinity }) });
  const atHome = ids.filter((id, call) => owners.pick(context(call)).id === id).length / calls;
  return { most: mostUnderWay, atHome };
}

export function hotKeyPicture(): Picture {
  const fair = underWay / fleet.length;
  const measured = loadBounds.map((loadBound) => ({ loadBound, found: measureHotKey(loadBound) }));
  const bars = plot(
    { left: 130, top: 104, right: 560, bottom: 260 },
    {
      x: {
        from: 0,
        to: 60,
        ticks: [0, 10, 20, 30, 40, 50, 60],
        title: 'the most calls under way to one instance, of 100 in all',
      },
    },
  );
  return card({
    name: 'hot-key',
    title: 'consistentHash when three calls of ten ask for the same key',
    subtitle: '100 calls are under way to 10 instances; over its bound, an instance passes calls on to the next',
    description: `The most calls under way to one of ten instances, of 100, while 30 % of all calls are for one key. ${measured
      .map(
        ({ loadBound, found: { most, atHome } }) =>
          `${nameOf(loadBound)}: ${most}, and ${percent(atHome)} of the calls reach the instance that their key belongs to`,
      )
      .join('; ')}.`,
    height: 320,
    marks: [
      bars.marks,
      measured.map(({ loadBound, found: { most, atHome } }, index) => {
        const y = 116 + index * 48;
        return [
          label(114, y + 20, nameOf(loadBound), { anchor: 'end', weight: 'bold' }),
          bar([bars.x(0), y], [bars.x(most), y + 28], colours.green),
          label(bars.x(most) + 8, y + 19, String(most), { colour: colours.green, weight: 'bold' }),
          label(576, y + 19, `${percent(atHome)} at home`, { colour: colours.grey }),
        ];
      }),
      line(
        [
          [bars.x(fair), 98],
          [bars.x(fair), 260],
        ],
        { dashes: '4 4', width: 1.5 },
      ),
      label(bars.x(fair), 92, 'fair part', { anchor: 'middle', size: 12 }),
    ],
  });
}

function nameOf(loadBound: number): string {
  return loadBound === Infinity ? 'no bound' : `bound ${loadBound}`;
}
