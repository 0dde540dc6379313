import { colours } from './colours.ts';
import { bar, label } from './marks.ts';
import type { Plot } from './plot.ts';

/** Shades the time from `from` to `to`, and says what goes on in it. To be drawn under all else. */
export function period({ box, x }: Plot, from: number, to: number, what: string): readonly string[] {
  return [
    bar([x(from), box.top], [x(to), box.bottom], colours.shade),
    label((x(from) + x(to)) / 2, box.top + 16, what, { anchor: 'middle', colour: colours.grey }),
  ];
}
