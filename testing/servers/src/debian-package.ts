import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One file of a package, and where it is wanted. */
export interface PackagedFile {
  readonly suite: string;
  readonly name: string;
  /** The file's path inside the package. */
  readonly file: string;
  readonly destination: string;
}

/** Downloads a package with this machine's apt, on state of its own, and puts one of its files where it is wanted. */
export async function fetchFromDebian({ suite, name, file, destination }: PackagedFile): Promise<void> {
  const mirror = env['ROLLCALL_TEST_DEBIAN_MIRROR'] ?? (await configuredMirror());
  const cache = dirname(destination);
  await mkdir(cache, { recursive: true });
  // Beside the destination: a file can be renamed only within one file system.
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    await writeAptState(work, mirror, suite);
    await apt(work, 'update', '--error-on=any');
    await apt(work, 'download', name);
    const deb = (await readdir(work)).find((entry) => entry.endsWith('.deb'));
    if (deb === undefined) throw new Error(`Debian ${suite} has no package ${name} for this machine.`);
    await output(work, 'dpkg-deb', '-x', deb, 'root');
    // One file and one rename: another process that does the same sees the former file or this one, never none.
    await rename(join(work, 'root', file), destination);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeAptState(work: string, mirror: string, suite: string): Promise<void> {
  await mkdir(join(work, 'lists', 'partial'), { recursive: true });
  await mkdir(join(work, 'archives', 'partial'), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = await access(keyring).then(
    () => `[signed-by=${keyring}] `,
    () => '',
  );
  await writeFile(join(work, 'sources.list'), `deb ${signed}${mirror} ${suite} main\n`);
  await writeFile(join(work, 'apt.conf'), aptConfig(work));
}

/** Read with `-c`, after the machine's own settings, so that its proxies and certificates stay in force. */
function aptConfig(work: string): string {
  return `Dir::State "${work}"; Dir::State::lists "${work}/lists"; Dir::State::status "/dev/null";
Dir::Cache "${work}"; Dir::Cache::archives "${work}/archives"; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Dir::Etc::sourcelist "${work}/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Acquire::Languages "none"; Acquire::Retries "3"; APT::Sandbox::User "";
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Post-Invoke;
#clear Acquire::IndexTargets::deb::DEP-11;
`;
}

/** The Debian mirror that this machine's apt uses, in whatever form its sources are written. Needs no root and no network. */
async function configuredMirror(): Promise<string> {
  const printed = await output('/', 'apt-get', 'update', '--print-uris');
  const found = /^'([^']+?)\/dists\/(?:bullseye|bookworm|trixie|forky|sid|stable|testing)\/InRelease'/m.exec(printed);
  if (found?.[1] === undefined)
    throw new Error(
      'apt has no source of Debian itself on this machine; ROLLCALL_TEST_DEBIAN_MIRROR can name a mirror.',
    );
  return found[1];
}

/** apt downloads a package into the folder it runs in. */
function apt(work: string, ...args: readonly string[]): Promise<string> {
  return output(work, 'apt-get', '-c', join(work, 'apt.conf'), '-q', ...args);
}

/** What a command prints. */
async function output(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { cwd, timeout: 300_000, maxBuffer: 1 << 24 });
    return stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const printed = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return printed === '' ? error.message : printed;
}
