import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type MemoryBackend, memoryHarness } from '../../../backend-memory/test/memory-harness.ts';
import type * as core from '../../../core/src/index.ts';
import type { Harness } from '../../src/harness.ts';
import type { CreateRegistry } from '../../src/stage.ts';
import type { Mutant } from './mutant.ts';

type Core = typeof core;

const packages = fileURLToPath(new URL('../../../', import.meta.url));

/** A core and a memory backend of their own, with one mutant in them. */
export interface MutatedProduct {
  readonly harness: Harness;
  readonly createRegistry: CreateRegistry;
}

/** Copies the sources of core and memory into `folder`, breaks them as `mutant` says, and loads them. */
export async function mutatedMemory(mutant: Mutant, folder: string): Promise<MutatedProduct> {
  for (const name of ['core', 'backend-memory'])
    await cp(join(packages, name, 'src'), join(folder, name, 'src'), { recursive: true });
  await mutate(join(folder, mutant.file), mutant);
  await bindToCore(join(folder, 'backend-memory/src'), join(folder, 'core/src'));
  const { createRegistry } = await load<Core>(join(folder, 'core/src/index.ts'));
  const harness = memoryHarness(await load<MemoryBackend>(join(folder, 'backend-memory/src/index.ts')));
  return { harness, createRegistry };
}

async function mutate(file: string, { find, replace, name }: Mutant): Promise<void> {
  const text = await readFile(file, 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1)
    throw new Error(`The mutant that ${name} must find its place once in ${file}, and found it ${places} times.`);
  await writeFile(
    file,
    text.replace(find, () => replace),
  );
}

/** The copy of memory has to stand on the copy of core, not on the package. */
async function bindToCore(memory: string, core: string): Promise<void> {
  for (const name of await readdir(memory)) {
    const file = join(memory, name);
    const text = await readFile(file, 'utf8');
    const entry = relative(dirname(file), join(core, 'driver.ts')).split(sep).join('/');
    await writeFile(file, text.replaceAll("'@rollcall/core/driver'", `'${entry}'`));
  }
}

async function load<Module>(file: string): Promise<Module> {
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}
