import { colours } from './colours.ts';
import { label, line, type Point } from './marks.ts';

/** Values along one side of a plot. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  /** On a logarithmic one the same factor is the same distance. @defaultValue 'linear' */
  readonly kind?: 'linear' | 'logarithmic' | undefined;
  /** Where values are named. */
  readonly ticks: readonly number[];
  /** What a value is called there. @defaultValue the number */
  readonly name?: ((value: number) => string) | undefined;
  /** What is measured, and its unit. */
  readonly title: string;
}

/** Where a plot stands on the card, in pixels, without the words around it. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An empty plot. */
export interface Plot {
  readonly box: Box;
  /** Its lines and words. */
  readonly marks: readonly string[];
  /** Where a value stands along each side. */
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly at: (x: number, y: number) => Point;
}

/** A plot with lines across for the values of `y`, whose title stands above it. Without `y`, with lines upwards for those of `x`. */
export function plot(box: Box, axes: { readonly x: Axis; readonly y?: Axis | undefined }): Plot {
  const { left, top, right, bottom } = box;
  const x = scale(axes.x, left, right);
  const y = axes.y === undefined ? () => bottom : scale(axes.y, bottom, top);
  const marks: string[] = [];
  for (const tick of axes.y?.ticks ?? []) {
    marks.push(
      line(
        [
          [left, y(tick)],
          [right, y(tick)],
        ],
        { colour: colours.faint, width: 1 },
      ),
    );
    marks.push(label(left - 8, y(tick) + 4, nameOf(tick, axes.y), { colour: colours.grey, anchor: 'end' }));
  }
  for (const tick of axes.x.ticks) {
    const from = axes.y === undefined ? top : bottom;
    marks.push(
      line(
        [
          [x(tick), from],
          [x(tick), bottom + 5],
        ],
        { colour: colours.faint, width: 1 },
      ),
    );
    marks.push(label(x(tick), bottom + 20, nameOf(tick, axes.x), { colour: colours.grey, anchor: 'middle' }));
  }
  if (axes.y !== undefined) {
    marks.push(
      line(
        [
          [left, bottom],
          [right, bottom],
        ],
        { colour: colours.grey, width: 1 },
      ),
    );
    marks.push(label(24, top - 14, axes.y.title, { colour: colours.grey }));
  }
  marks.push(label(right, bottom + 40, axes.x.title, { colour: colours.grey, anchor: 'end' }));
  return { box, marks, x, y, at: (valueX, valueY) => [x(valueX), y(valueY)] };
}

function nameOf(value: number, axis: Axis | undefined): string {
  return axis?.name?.(value) ?? value.toLocaleString('en');
}

function scale({ from, to, kind = 'linear' }: Axis, first: number, last: number): (value: number) => number {
  const place = kind === 'linear' ? (value: number) => value : Math.log10;
  const [low, high] = [place(from), place(to)];
  return (value) => first + ((place(value) - low) / (high - low)) * (last - first);
}
