import { label, line } from './marks.ts';
import type { Plot } from './plot.ts';

/** A line of a plot. */
export interface Series {
  /** What stands beside it. @defaultValue nothing */
  readonly name?: string | undefined;
  readonly colour: string;
  /** The value beside which its name stands. @defaultValue the last one */
  readonly nameAt?: number | undefined;
  readonly values: readonly (readonly [x: number, y: number])[];
}

/** How far the names of two lines are from each other at least, in pixels. */
const lineHeight = 17;

/** Lines, and to the right of the plot their names, each at its height as far as they do not cover each other. */
export function series(plot: Plot, all: readonly Series[]): readonly string[] {
  const names = all
    .map(({ name = '', colour, nameAt, values }) => ({ name, colour, y: plot.y(nameAt ?? values.at(-1)?.[1] ?? 0) }))
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => b.y - a.y);
  const lines = all.map(({ colour, values }) =>
    line(
      values.map(([x, y]) => plot.at(x, y)),
      { colour },
    ),
  );
  // From the lowest up: whoever would cover the one below moves up.
  let lowest = Infinity;
  const labels = names.map(({ name, colour, y }) => {
    lowest = Math.min(y, lowest - lineHeight);
    return label(plot.box.right + 8, lowest + 4, name, { colour, weight: 'bold' });
  });
  return [...lines, ...labels];
}
