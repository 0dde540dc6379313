import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Outcome, runNode, runTool } from '../own-process.ts';
import type { Manifest } from './manifest.ts';

/** A package as users get it. */
export interface Tarball {
  readonly file: string;
  /** What is in it, unpacked. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

/** Names of the packages that are published, by their folders in the workspace. */
export function publicPackages(root: string): ReadonlyMap<string, string> {
  const folders = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
  const manifests = folders.map((folder) => [manifestIn(folder), folder] as const);
  return new Map(manifests.filter(([one]) => one.private !== true).map(([one, folder]) => [one.name, folder]));
}

/**
 * Builds what has changed and packs every public package, as a release does: with pnpm, which writes real versions where the
 * workspace's manifests say `workspace:` and `catalog:`. @returns them by name
 */
export async function packAll(root: string, destination: string): Promise<ReadonlyMap<string, Tarball>> {
  const packages = publicPackages(root);
  await mkdir(destination, { recursive: true });
  succeeded('tsc -b', await runNode([tsc, '-b', ...packages.values()], { cwd: root, timeoutMs: 60_000 }));
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string };
  const filters = [...packages.keys()].flatMap((name) => ['--filter', name]);
  const pack = ['--yes', packageManager, '--recursive', ...filters, 'pack', '--pack-destination', destination];
  succeeded(`npx ${pack.join(' ')}`, await runTool('npx', pack, { cwd: root, timeoutMs: 60_000 }));
  const tarballs = [...packages].map(async ([name, folder]) => {
    const { version } = manifestIn(folder);
    const stem = `${name.replace('@', '').replace('/', '-')}-${version}`;
    return [name, await unpacked(join(destination, `${stem}.tgz`), join(destination, stem))] as const;
  });
  return new Map(await Promise.all(tarballs));
}

/** @throws Error with all that a program said, if it failed */
export function succeeded(command: string, { exitCode, said }: Outcome): void {
  if (exitCode !== 0) throw new Error(`${command} failed with exit code ${exitCode}:\n${said}`);
}

async function unpacked(file: string, folder: string): Promise<Tarball> {
  await mkdir(folder);
  succeeded(`tar -xzf ${file}`, await runTool('tar', ['-xzf', file, '-C', folder], { cwd: folder, timeoutMs: 15_000 }));
  // npm puts everything under this name.
  const content = join(folder, 'package');
  return { file, folder: content, manifest: manifestIn(content) };
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
