import { colours } from './colours.ts';
import { escaped, short, tag } from './tags.ts';

/** What stands on a card, the later over the earlier. */
export type Marks = string | readonly Marks[];

/** A place on the card, in pixels. */
export type Point = readonly [x: number, y: number];

/** How text looks. */
export interface LabelStyle {
  readonly colour?: string | undefined;
  /** In pixels. @defaultValue 13 */
  readonly size?: number | undefined;
  readonly weight?: 'bold' | undefined;
  /** Which end of the text stands at the place. @defaultValue 'start' */
  readonly anchor?: 'start' | 'middle' | 'end' | undefined;
}

/** Text whose baseline is at `y`. */
export function label(x: number, y: number, text: string, style: LabelStyle = {}): string {
  const { colour, size, weight, anchor } = style;
  return tag(
    'text',
    { x, y, fill: colour, 'font-size': size, 'font-weight': weight, 'text-anchor': anchor },
    escaped(text),
  );
}

/** How a line looks. */
export interface LineStyle {
  readonly colour?: string | undefined;
  /** In pixels. @defaultValue 2 */
  readonly width?: number | undefined;
  /** Lengths of dashes and gaps. @defaultValue none: it is solid */
  readonly dashes?: string | undefined;
}

/** A line through these points. */
export function line(points: readonly Point[], { colour = colours.ink, width = 2, dashes }: LineStyle = {}): string {
  return tag('polyline', {
    points: points.map(([x, y]) => `${short(x)},${short(y)}`).join(' '),
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dashes,
  });
}

export function dot([x, y]: Point, radius: number, colour: string): string {
  return tag('circle', { cx: x, cy: y, r: radius, fill: colour });
}

/** A rectangle between two corners. */
export function bar([x1, y1]: Point, [x2, y2]: Point, colour: string): string {
  return tag('rect', {
    x: Math.min(x1, x2),
    y: Math.min(y1, y2),
    width: Math.abs(x2 - x1),
    height: Math.abs(y2 - y1),
    fill: colour,
  });
}
