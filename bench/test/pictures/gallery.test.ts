import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { described } from '../../src/pictures/described.ts';
import type { Picture } from '../../src/pictures/drawing/card.ts';
import { gallery } from '../../src/pictures/gallery.ts';

const docs = new URL('../../../docs/', import.meta.url);
const pictures = gallery();

it('has the pictures of docs/pictures, byte by byte: `npm run pictures` draws them anew', async () => {
  const drawn = Object.fromEntries(pictures.map(({ name, svg }) => [`${name}.svg`, svg]));
  const names = await readdir(new URL('pictures/', docs));
  const kept = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(`pictures/${name}`, docs), 'utf8')] as const),
  );
  expect(Object.fromEntries(kept)).toEqual(drawn);
});

it('is shown on the page, each picture once and with what it says', async () => {
  const page = await readFile(new URL('load-balancing.md', docs), 'utf8');
  expect(described(page, pictures)).toBe(page);
  const shown = [...page.matchAll(/\]\(pictures\/([a-z-]+)\.svg\)/g)].map(([, name]) => name);
  expect(shown).toHaveLength(pictures.length);
  expect(new Set(shown)).toEqual(new Set(pictures.map(({ name }) => name)));
});

it.each(pictures)('$name can be read: it has a title, a description, and no text below 12 px', ({ svg }: Picture) => {
  expect(svg).toMatch(/ role="img" .*<title id="title">[^<]+<\/title>\n<desc id="description">[^<]+<\/desc>/s);
  const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
