import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { described } from './described.ts';
import { gallery } from './gallery.ts';

const docs = new URL('../../../docs/', import.meta.url);
const folder = new URL('pictures/', docs);
const page = new URL('load-balancing.md', docs);

const pictures = gallery();
await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) await rm(new URL(name, folder));
for (const { name, svg } of pictures) await writeFile(new URL(`${name}.svg`, folder), svg);
await writeFile(page, described(await readFile(page, 'utf8'), pictures));
for (const { name, description } of pictures) console.log(`${name}: ${description}`);
