import { expect, it } from 'vitest';
import { plot } from '../../src/pictures/drawing/plot.ts';
import { series } from '../../src/pictures/drawing/series.ts';
import { tag } from '../../src/pictures/drawing/tags.ts';
import { duration, percent } from '../../src/pictures/drawing/words.ts';

const box = { left: 100, top: 0, right: 200, bottom: 100 };
const axis = { from: 0, to: 10, ticks: [], title: '' };

it('writes numbers with two decimals at most, leaves out what is undefined, and escapes text', () => {
  expect(tag('a', { x: 1 / 3, y: -0.001, name: '"<&>"', none: undefined })).toBe(
    '<a x="0.33" y="0" name="&quot;&lt;&amp;&gt;&quot;"/>',
  );
});

it('places values along linear and logarithmic sides', () => {
  const { at } = plot(box, { x: { ...axis, from: 1, to: 100, kind: 'logarithmic' }, y: axis });
  expect(at(10, 2)).toEqual([150, 80]);
});

it('keeps the names of lines apart that end at the same height', () => {
  const line = { colour: '#000', values: [[0, 5]] as const };
  const marks = series(plot(box, { x: axis, y: axis }), [
    { ...line, name: 'a' },
    { ...line, name: 'b' },
  ]);
  const heights = marks.flatMap((mark) => /<text [^>]*y="(\d+)"/.exec(mark)?.slice(1) ?? []).map(Number);
  expect(heights).toEqual([54, 37]);
});

it('says shares and durations in few figures', () => {
  expect([0.0004, 0.0125, 0.1049, 0.9996].map(percent)).toEqual(['0 %', '1.3 %', '10 %', '100 %']);
  expect([0.4, 47.6, 432, 1_940, 2_000].map(duration)).toEqual(['0.4 ms', '48 ms', '430 ms', '1.9 s', '2 s']);
});
