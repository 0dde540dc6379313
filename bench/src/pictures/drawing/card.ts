import { colours } from './colours.ts';
import { label, type Marks } from './marks.ts';
import { escaped, tag } from './tags.ts';

/** How wide every picture is, in pixels. */
const width = 720;
/** Where what is drawn begins, below the title. */
export const top = 88;

/** A picture as a file and as words. */
export interface Picture {
  /** The file's name, without `.svg`. */
  readonly name: string;
  /** What it shows, with its figures, for those who do not see it. */
  readonly description: string;
  readonly svg: string;
}

/** What stands on a card. */
export interface Card {
  readonly name: string;
  readonly title: string;
  /** How it was measured, in a line. */
  readonly subtitle: string;
  readonly description: string;
  readonly height: number;
  readonly marks: Marks;
}

/** A picture on paper of its own, so that it looks the same on light and on dark pages. */
export function card({ name, title, subtitle, description, height, marks }: Card): Picture {
  const svg = tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-labelledby': 'title description',
      'font-family': "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
      'font-size': 13,
      fill: colours.ink,
    },
    '\n',
    ...[
      tag('title', { id: 'title' }, escaped(title)),
      tag('desc', { id: 'description' }, escaped(description)),
      tag('rect', {
        x: 0.5,
        y: 0.5,
        width: width - 1,
        height: height - 1,
        rx: 8,
        fill: colours.paper,
        stroke: colours.faint,
      }),
      label(24, 36, title, { size: 18, weight: 'bold' }),
      label(24, 58, subtitle, { colour: colours.grey }),
      ...inTurn(marks),
    ].map((mark) => `${mark}\n`),
  );
  return { name, description, svg: `${svg}\n` };
}

function inTurn(marks: Marks): readonly string[] {
  return typeof marks === 'string' ? [marks] : marks.flatMap(inTurn);
}
