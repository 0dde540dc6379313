// The entry points that users import, as the manifests declare them, and the page of docs/api that each has.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} EntryPoint
 * @property {string} specifier what users import: `@rollcall/core/driver`
 * @property {string} description the package's, from its manifest
 * @property {string} types its declarations, as the build wrote them
 * @property {string} page its file in docs/api
 */

/** @returns {EntryPoint[]} those of all packages, a package's main one first */
export function entryPoints() {
  const folders = readdirSync('packages').filter((name) => existsSync(join('packages', name, 'package.json')));
  return folders.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join('packages', folder, 'package.json'), 'utf8'));
    return Object.entries(manifest.exports).flatMap(([path, conditions]) =>
      conditions.types === undefined
        ? []
        : [
            {
              specifier: join(manifest.name, path),
              description: manifest.description,
              types: join('packages', folder, conditions.types),
              page: `${join(folder, path).replaceAll('/', '-')}.md`,
            },
          ],
    );
  });
}
