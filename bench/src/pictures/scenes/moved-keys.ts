import { createHash } from 'node:crypto';
import { consistentHash, createBalancer } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';
import { card, type Picture } from '../drawing/card.ts';
import { colours } from '../drawing/colours.ts';
import { bar, label } from '../drawing/marks.ts';
import { plot } from '../drawing/plot.ts';
import { percent } from '../drawing/words.ts';
import { fleetOf, instances, nameOf } from '../simulation/fleet.ts';

const keys: readonly string[] = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
const ten = instances(10);
const eleven = instances(11);
const nine = ten.filter(({ id }) => id !== nameOf(3));

/** Whom each key belongs to. */
export type Assignment = (among: readonly ServiceInstance[]) => readonly (string | undefined)[];

/** The policy. */
export const byRing: Assignment = (among) => {
  using balancer = createBalancer(fleetOf(among), { policy: consistentHash() });
  return keys.map((key) => balancer.pick({ key }).id);
};

/** The baseline: the remainder of a hash. */
export const byRemainder: Assignment = (among) =>
  keys.map((key) => among[createHash('sha256').update(key).digest().readUInt32BE() % among.length]?.id);

/** The part of the keys that belong to another instance than before, when one of ten leaves and when an eleventh comes. */
export function measureMovedKeys(assign: Assignment): { readonly leaves: number; readonly comes: number } {
  const before = assign(ten);
  const moved = (after: readonly (string | undefined)[]): number =>
    before.filter((id, index) => id !== after[index]).length / keys.length;
  return { leaves: moved(assign(nine)), comes: moved(assign(eleven)) };
}

export function movedKeysPicture(): Picture {
  const ring = measureMovedKeys(byRing);
  const remainder = measureMovedKeys(byRemainder);
  const groups = [
    { what: 'one of 10 leaves', parts: { ring: ring.leaves, remainder: remainder.leaves, least: 1 / 10 } },
    { what: 'an 11th comes', parts: { ring: ring.comes, remainder: remainder.comes, least: 1 / 11 } },
  ];
  const bars = plot(
    { left: 150, top: 84, right: 640, bottom: 270 },
    {
      x: {
        from: 0,
        to: 1,
        ticks: [0, 0.25, 0.5, 0.75, 1],
        name: (value) => `${value * 100} %`,
        title: 'keys that belong to another instance than before, of 10,000',
      },
    },
  );
  return card({
    name: 'moved-keys',
    title: 'How many keys move when an instance leaves or comes',
    subtitle: 'each key that moves is a cold cache, or a state that has to be fetched',
    description: `Part of 10,000 keys that belong to another instance than before. ${groups.map(({ what, parts }) => `When ${what}: consistentHash ${percent(parts.ring)}, the remainder of a hash ${percent(parts.remainder)}; ${percent(parts.least)} is the least for equal shares`).join('. ')}.`,
    height: 330,
    marks: [
      bars.marks,
      groups.map(({ what, parts }, index) => {
        const y = 96 + index * 90;
        return [
          label(134, y + 40, what, { anchor: 'end', weight: 'bold' }),
          horizontal(bars.x(0), bars.x(parts.ring), y, `consistentHash: ${percent(parts.ring)}`, colours.green),
          horizontal(
            bars.x(0),
            bars.x(parts.remainder),
            y + 36,
            `remainder of a hash: ${percent(parts.remainder)}`,
            colours.grey,
          ),
        ];
      }),
    ],
  });
}

/** A bar, and its name: in it if there is room, otherwise behind it. */
function horizontal(from: number, to: number, y: number, name: string, colour: string): readonly string[] {
  const isWide = to - from > 200;
  return [
    bar([from, y], [to, y + 28], colour),
    label(isWide ? to - 8 : to + 8, y + 19, name, {
      anchor: isWide ? 'end' : 'start',
      colour: isWide ? colours.paper : colour,
      weight: 'bold',
    }),
  ];
}
