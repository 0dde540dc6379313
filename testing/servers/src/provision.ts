import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { env, stderr } from 'node:process';
import { promisify } from 'node:util';
import { fetchFromDebian } from './debian-package.ts';

const run = promisify(execFile);

/** A release line of etcd that the tests run against. */
export type EtcdVersion = '3.4' | '3.5';

/** A server that runs on this machine. */
export interface ProvisionedServer {
  readonly binary: string;
  /** The exact version, such as `3.5.16`. */
  readonly version: string;
}

/** How to tell about the work. */
export interface ProvisionOptions {
  /** Gets one line for each package that has to be fetched. Default: it is written to stderr. */
  readonly onProgress?: (line: string) => void;
}

/** Where a server may come from. */
interface ServerSource {
  readonly name: string;
  /** The environment variable that names a binary. */
  readonly variable: string;
  readonly command: string;
  /** Finds the version in what `--version` prints, if it is one that fits. */
  readonly wants: RegExp;
  readonly debian: { readonly suite: string; readonly name: string };
}

const etcdSources: Readonly<Record<EtcdVersion, ServerSource>> = {
  '3.4': {
    name: 'etcd-3.4',
    variable: 'ROLLCALL_TEST_ETCD34',
    command: 'etcd',
    wants: /^etcd Version: (3\.4\.\d+)/m,
    debian: { suite: 'bookworm', name: 'etcd-server' },
  },
  '3.5': {
    name: 'etcd-3.5',
    variable: 'ROLLCALL_TEST_ETCD35',
    command: 'etcd',
    wants: /^etcd Version: (3\.5\.\d+)/m,
    debian: { suite: 'trixie', name: 'etcd-server' },
  },
};

const consulSource: ServerSource = {
  name: 'consul-1.8',
  variable: 'ROLLCALL_TEST_CONSUL',
  command: 'consul',
  wants: /^Consul v(1\.8\.\d+)/m,
  // The one suite that has it; later ones have none.
  debian: { suite: 'bullseye', name: 'consul' },
};

/**
 * An etcd of this release line: the binary that `ROLLCALL_TEST_ETCD34` or `ROLLCALL_TEST_ETCD35` names, one on PATH, one in
 * the cache (`ROLLCALL_TEST_CACHE`, by default `rollcall-servers` in the user's cache folder), or one unpacked into the cache
 * from Debian's package. Nothing is installed into the system and root is not needed. May run in several processes at once.
 * @throws Error that names the variable, when there is none
 */
export function provisionEtcd(version: EtcdVersion, options: ProvisionOptions = {}): Promise<ProvisionedServer> {
  return provision(etcdSources[version], options);
}

/**
 * A Consul 1.8: the binary that `ROLLCALL_TEST_CONSUL` names, one on PATH, one in the cache, or one unpacked into the cache
 * from Debian's package, with the same guarantees as `provisionEtcd`.
 * @throws Error that names the variable, when there is none
 */
export function provisionConsul(options: ProvisionOptions = {}): Promise<ProvisionedServer> {
  return provision(consulSource, options);
}

async function provision(source: ServerSource, options: ProvisionOptions): Promise<ProvisionedServer> {
  const onProgress = options.onProgress ?? ((line: string): void => void stderr.write(`${line}\n`));
  return (
    (await named(source)) ?? (await onPath(source)) ?? (await cached(source)) ?? (await fetched(source, onProgress))
  );
}

async function named(source: ServerSource): Promise<ProvisionedServer | undefined> {
  const binary = env[source.variable] ?? '';
  if (binary === '') return undefined;
  const found = await probed(source, binary);
  const article = /^[aeiou]/.test(source.name) ? 'an' : 'a';
  if (found === undefined)
    throw new Error(`${source.variable}=${binary} is not ${article} ${source.name} that runs here.`);
  return found;
}

async function onPath(source: ServerSource): Promise<ProvisionedServer | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? undefined : await probed(source, join(folder, source.command));
    if (found !== undefined) return found;
  }
  return undefined;
}

function cached(source: ServerSource): Promise<ProvisionedServer | undefined> {
  return probed(source, cachedBinary(source));
}

async function fetched(source: ServerSource, onProgress: (line: string) => void): Promise<ProvisionedServer> {
  const { name, variable, command, debian } = source;
  onProgress(`Fetching ${name} from Debian ${debian.suite} …`);
  const advice = `Set ${variable}=/path/to/${command} to a binary of that version, or put one on PATH.`;
  try {
    await fetchFromDebian({ ...debian, file: join('usr', 'bin', command), destination: cachedBinary(source) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`There is no ${name} here, and it could not be fetched: ${why}\n${advice}`, { cause: error });
  }
  const found = await cached(source);
  if (found === undefined)
    throw new Error(`The ${name} of Debian ${debian.suite} does not run here (${cachedBinary(source)}). ${advice}`);
  return found;
}

function cachedBinary(source: ServerSource): string {
  return join(cacheFolder(), source.name);
}

function cacheFolder(): string {
  const usual = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rollcall-servers');
  return resolve(env['ROLLCALL_TEST_CACHE'] ?? usual);
}

/** The binary, if it runs and its version fits. */
async function probed(source: ServerSource, binary: string): Promise<ProvisionedServer | undefined> {
  try {
    await access(binary, constants.X_OK);
    const { stdout } = await run(binary, ['--version'], { timeout: 10_000 });
    const version = source.wants.exec(stdout)?.[1];
    return version === undefined ? undefined : { binary, version };
  } catch {
    return undefined;
  }
}
