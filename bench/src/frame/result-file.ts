import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { version } from 'node:process';
import { type Finding, isMet } from './finding.ts';

/** What a figure cannot be read without. */
export interface Circumstances {
  /** Such as `v20.19.0`. */
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  /** Such as `etcd 3.5.16`. */
  readonly against: string;
}

export function circumstances(against: string): Circumstances {
  const cores = cpus();
  return { node: version, cores: cores.length, cpu: cores[0]?.model ?? 'unknown', against };
}

/** Where results are kept: `bench/results`, from wherever the run was started. */
const folder = new URL('../../results/', import.meta.url);

/** Writes `<name>.json`. */
export async function writeResult(
  name: string,
  circumstance: Circumstances,
  findings: readonly Finding[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const judged = findings.map((finding) => ({ ...finding, met: isMet(finding) }));
  const result = { name, at: new Date().toISOString(), ...circumstance, findings: judged };
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(result, undefined, 2)}\n`);
}
